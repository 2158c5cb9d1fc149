package io.mainstem.log;

/** When a record counts as durable. */
public enum Durability {
    /** When the disk has it: survives a power failure. */
    FSYNC,
    /** When the operating system has it: survives the death of this process, not that of the machine. */
    OS
}
