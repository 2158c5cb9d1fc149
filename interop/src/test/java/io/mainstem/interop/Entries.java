package io.mainstem.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Records to send. */
final class Entries {

    private static final String[] SECTIONS = {"libs", "net", "python", "doc"};

    private Entries() {}

    /** Different ones of a few hundred bytes, with keys such as {@code libs.entry17}. */
    static List<Entry> random(int count, Random random) {
        List<Entry> entries = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            byte[] body = new byte[random.nextInt(400)];
            random.nextBytes(body);
            String section = SECTIONS[random.nextInt(SECTIONS.length)];
            Entry noise = Entry.of(new byte[0], body);
            entries.add(new Entry(section + ".entry" + number, number + "\n" + noise.value()));
        }
        return entries;
    }

    /** Every paragraph that {@code apt-cache dumpavail} prints, with the key {@code section.package}. */
    static List<Entry> paragraphs(String dump) {
        List<Entry> entries = new ArrayList<>();
        int start = 0;
        while (start < dump.length()) {
            int blank = dump.indexOf("\n\n", start);
            int end = blank < 0 ? dump.length() : blank + 1;
            String paragraph = dump.substring(start, end);
            if (!paragraph.isBlank()) {
                String section = field("Section", paragraph).replace('/', '.');
                entries.add(new Entry(section + "." + field("Package", paragraph), paragraph));
            }
            start = end + 1;
        }
        return entries;
    }

    private static String field(String name, String paragraph) {
        return paragraph
                .lines()
                .filter(line -> line.startsWith(name + ": "))
                .findFirst()
                .map(line -> line.substring(name.length() + 2))
                .orElse("none");
    }
}
