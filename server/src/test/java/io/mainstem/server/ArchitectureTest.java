package io.mainstem.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.net.URLDecoder;
import java.net.URLEncoder;
import org.junit.jupiter.api.Test;

/**
 * The house stands as it is drawn: data flows down, there are no cycles, and a library is known where it is wrapped.
 */
class ArchitectureTest {

    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.mainstem");

    @Test
    void everyRoomUsesOnlyTheRoomsBelow() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("server")
                .definedBy("io.mainstem.server..")
                .layer("kafka")
                .definedBy("io.mainstem.protocol.kafka..")
                .layer("amqp")
                .definedBy("io.mainstem.protocol.amqp..")
                .layer("broker")
                .definedBy("io.mainstem.broker..")
                .layer("log")
                .definedBy("io.mainstem.log..")
                .layer("engine")
                .definedBy("io.mainstem.engine..")
                .whereLayer("server")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("kafka")
                .mayOnlyBeAccessedByLayers("server")
                .whereLayer("amqp")
                .mayOnlyBeAccessedByLayers("server")
                .whereLayer("broker")
                .mayOnlyBeAccessedByLayers("server", "kafka", "amqp")
                .whereLayer("log")
                .mayOnlyBeAccessedByLayers("server")
                .whereLayer("engine")
                .mayOnlyBeAccessedByLayers("server", "kafka", "amqp", "broker", "log")
                .check(HOUSE);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.mainstem.(**)").should().beFreeOfCycles().check(HOUSE);
    }

    @Test
    void theBrokerNamesNoProtocolAndNoNetwork() {
        noClasses()
                .that()
                .resideInAnyPackage("io.mainstem.broker..", "io.mainstem.engine..", "io.mainstem.log..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.netty..", "com.rabbitmq..", "java.net..")
                        // a form of text, whatever the package says
                        .and(not(belongToAnyOf(URLEncoder.class, URLDecoder.class))))
                .check(HOUSE);
    }

    @Test
    void kafkaClientsAreKnownToTheKafkaAdapterAndToOneClassThatDecompresses() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.mainstem.protocol.kafka..")
                .and()
                .doNotHaveFullyQualifiedName("io.mainstem.engine.batch.Compression")
                .should()
                .dependOnClassesThat(resideInAPackage("org.apache.kafka.."))
                .check(HOUSE);
    }

    @Test
    void nothingIsDeserialisedByJava() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.ObjectInputStream")
                .check(HOUSE);
    }

    @Test
    void everyPackageIsNullMarked() {
        classes()
                .that()
                .resideInAPackage("io.mainstem..")
                .and()
                .haveSimpleName("package-info")
                .should()
                .beAnnotatedWith("org.jspecify.annotations.NullMarked")
                .check(HOUSE);
    }
}
