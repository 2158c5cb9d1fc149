import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.annotation.EnableRabbit;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.config.RetryInterceptorBuilder;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory.ConfirmType;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.retry.RepublishMessageRecoverer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A Spring application: orders are handled by a listener, after two attempts what cannot be handled is republished to a
 * queue of failures, and prices are asked for and replied. Prints what happens.
 */
@Configuration
@EnableRabbit
public class SpringAmqpDriver {

    private static String host;
    private static int port;
    private final AtomicInteger attempts = new AtomicInteger();

    public static void main(String[] arguments) throws Exception {
        host = arguments[0];
        port = Integer.parseInt(arguments[1]);
        try (AnnotationConfigApplicationContext context =
                new AnnotationConfigApplicationContext(SpringAmqpDriver.class)) {
            RabbitTemplate template = context.getBean(RabbitTemplate.class);
            for (int number = 0; number < 5; number++) {
                CorrelationData correlation = new CorrelationData("order" + number);
                template.convertAndSend("orders", "order.new", (number == 3 ? "bad" : "order") + number, correlation);
                System.out.println("confirmed "
                        + correlation.getFuture().get(10, TimeUnit.SECONDS).ack());
            }
            CorrelationData nowhere = new CorrelationData("nowhere");
            template.convertAndSend("orders", "nowhere", "nobody", nowhere);
            System.out.println(
                    "confirmed " + nowhere.getFuture().get(10, TimeUnit.SECONDS).ack() + ", returned "
                            + nowhere.getReturned().getReplyText());
            System.out.println("price " + template.convertSendAndReceive("", "prices", "apple"));
            Message failure = template.receive("failures", 10_000);
            System.out.println("failed " + new String(failure.getBody()) + ": "
                    + failure.getMessageProperties().getHeader("x-exception-message") + " from "
                    + failure.getMessageProperties().getHeader("x-original-routingKey"));
            template.convertAndSend("", "poison", "poison");
            Message dead = template.receive("dead", 10_000);
            System.out.println("dead " + new String(dead.getBody()) + ": "
                    + dead.getMessageProperties().getXDeathHeader().get(0).get("reason") + " in "
                    + dead.getMessageProperties().getXDeathHeader().get(0).get("queue"));
            RabbitAdmin admin = context.getBean(RabbitAdmin.class);
            System.out.println("left " + admin.getQueueInfo("orders").getMessageCount() + " for "
                    + admin.getQueueInfo("orders").getConsumerCount());
        }
    }

    @Bean
    CachingConnectionFactory connectionFactory() {
        CachingConnectionFactory factory = new CachingConnectionFactory(host, port);
        factory.setPublisherConfirmType(ConfirmType.CORRELATED);
        factory.setPublisherReturns(true);
        return factory;
    }

    @Bean
    RabbitAdmin admin(CachingConnectionFactory factory) {
        return new RabbitAdmin(factory);
    }

    @Bean
    RabbitTemplate template(CachingConnectionFactory factory) {
        RabbitTemplate template = new RabbitTemplate(factory);
        template.setMandatory(true);
        template.setReplyTimeout(10_000);
        return template;
    }

    @Bean
    TopicExchange exchange() {
        return new TopicExchange("orders");
    }

    @Bean
    Queue orders() {
        return QueueBuilder.durable("orders").quorum().build();
    }

    @Bean
    Binding binding(TopicExchange exchange) {
        return BindingBuilder.bind(orders()).to(exchange).with("order.*");
    }

    @Bean
    Queue prices() {
        return QueueBuilder.nonDurable("prices").autoDelete().build();
    }

    @Bean
    Queue failures() {
        return QueueBuilder.durable("failures").build();
    }

    @Bean
    Queue poison() {
        return QueueBuilder.durable("poison")
                .deadLetterExchange("")
                .deadLetterRoutingKey("dead")
                .build();
    }

    @Bean
    Queue dead() {
        return QueueBuilder.durable("dead").ttl(600_000).build();
    }

    @Bean
    SimpleRabbitListenerContainerFactory rabbitListenerContainerFactory(
            CachingConnectionFactory connectionFactory, RabbitTemplate template) {
        SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
        factory.setConnectionFactory(connectionFactory);
        factory.setConcurrentConsumers(2);
        factory.setPrefetchCount(5);
        factory.setAdviceChain(RetryInterceptorBuilder.stateless()
                .maxRetries(1)
                .recoverer(new RepublishMessageRecoverer(template, "", "failures"))
                .build());
        return factory;
    }

    @Bean
    SimpleRabbitListenerContainerFactory rejecting(CachingConnectionFactory connectionFactory) {
        SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
        factory.setConnectionFactory(connectionFactory);
        factory.setDefaultRequeueRejected(false);
        return factory;
    }

    @RabbitListener(queues = "orders")
    void handle(String order) {
        if (order.startsWith("bad")) {
            System.out.println("attempt " + attempts.incrementAndGet() + " of " + order);
            throw new IllegalArgumentException("cannot handle " + order);
        }
        System.out.println("handled " + order);
    }

    @RabbitListener(queues = "prices")
    String price(String what) {
        return what + " costs 5";
    }

    @RabbitListener(queues = "poison", containerFactory = "rejecting")
    void reject(String what) {
        throw new IllegalStateException(what);
    }
}
