import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.util.backoff.FixedBackOff;

/**
 * A Spring application: its topics are created by beans, orders are handled by two threads of a listener, and what
 * cannot be handled goes to a dead-letter topic after a retry. Orders come as lines; what is handled is printed.
 */
@Configuration
@EnableKafka
public class SpringDriver {

    private static String bootstrap;

    public static void main(String[] arguments) throws Exception {
        bootstrap = arguments[0];
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(SpringDriver.class)) {
            @SuppressWarnings("unchecked")
            KafkaTemplate<String, String> template = context.getBean(KafkaTemplate.class);
            BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] keyAndValue = line.split(" ", 2);
                template.send("orders", keyAndValue[0], keyAndValue[1]).get();
            }
        }
    }

    @Bean
    KafkaAdmin admin() {
        KafkaAdmin admin = new KafkaAdmin(Map.of("bootstrap.servers", bootstrap));
        admin.setFatalIfBrokerNotAvailable(true);
        admin.setModifyTopicConfigs(true);
        return admin;
    }

    @Bean
    NewTopic orders() {
        return TopicBuilder.name("orders")
                .partitions(4)
                .replicas(1)
                .config("retention.ms", "3600000")
                .build();
    }

    @Bean
    NewTopic deadLetters() {
        return TopicBuilder.name("orders-dlt").partitions(4).replicas(1).build();
    }

    @Bean
    KafkaTemplate<String, String> template() {
        return new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(
                Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer()));
    }

    @Bean
    ConcurrentKafkaListenerContainerFactory<String, String> kafkaListenerContainerFactory(
            KafkaTemplate<String, String> template) {
        ConcurrentKafkaListenerContainerFactory<String, String> factory =
                new ConcurrentKafkaListenerContainerFactory<>();
        factory.setConsumerFactory(new DefaultKafkaConsumerFactory<>(
                Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer()));
        factory.setConcurrency(2);
        factory.getContainerProperties().setAckMode(AckMode.RECORD);
        factory.setCommonErrorHandler(
                new DefaultErrorHandler(new DeadLetterPublishingRecoverer(template), new FixedBackOff(10, 1)));
        return factory;
    }

    @KafkaListener(topics = "orders", groupId = "billing")
    void bill(String order) {
        if (order.startsWith("bad")) {
            throw new IllegalArgumentException(order);
        }
        System.out.println("billed " + order);
    }

    @KafkaListener(topics = "orders-dlt", groupId = "complaints")
    void complain(String order, @Header(KafkaHeaders.DLT_EXCEPTION_MESSAGE) String reason) {
        System.out.println("complained of " + order + (reason.contains(order) ? " and said why" : ""));
    }
}
