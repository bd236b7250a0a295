"""Java, Kotlin, Scala, Groovy, Clojure and their build tools."""

from idioms import T

T("java/basic-credentials", "src/main/java/com/acme/«word»/StorageConfig.java", "hard", '''
package com.acme.«word»;

import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.AmazonS3ClientBuilder;

public class StorageConfig {
    private static final String BUCKET = "«bucket»";

    public AmazonS3 client() {
        BasicAWSCredentials creds = new BasicAWSCredentials("«id»", "«secret»");
        return AmazonS3ClientBuilder.standard()
                .withRegion("«region»")
                .withCredentials(new AWSStaticCredentialsProvider(creds))
                .build();
    }
}
''')
T("java/basic-credentials-lines", "src/main/java/com/acme/Uploader.java", "hard", '''
public class Uploader {
    AWSCredentials credentials = new BasicAWSCredentials(
            "«id»",
            "«secret»"
    );
    AmazonSQS sqs = new AmazonSQSClient(credentials);
}
''')
T("java/basic-credentials-commented", "src/test/java/com/acme/UploaderTest.java", "hard", '''
class UploaderTest {
    @Test
    void uploads() {
        // AWSCredentials c = new BasicAWSCredentials(/* key */ "«id»", /* secret */ "«secret»");
        AWSCredentials c = new ProfileCredentialsProvider().getCredentials();
    }
}
''')
T("java/constants", "app/src/main/java/com/acme/Constants.java", "plain", '''
public final class Constants {
    public static final String COGNITO_POOL = "«region»:«uuid»";
    public static final String «?ACCESS_KEY¦AWS_ACCESS_KEY¦S3_ACCESS_KEY¦ACCESS_KEY_ID» = "«id»";
    public static final String «?SECRET_KEY¦AWS_SECRET_KEY¦S3_SECRET_KEY¦SECRET_ACCESS_KEY» = "«secret»";
    public static final String BUCKET_NAME = "«bucket»";
}
''')
T("java/sdk2-create", "src/main/java/com/acme/S3.java", "hard", '''
S3Client s3 = S3Client.builder()
    .region(Region.of("«region»"))
    .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("«id»", "«secret»")))
    .build();
''')
T("java/sdk2-session", "src/main/java/com/acme/Sts.java", "hard", '''
AwsSessionCredentials sessionCredentials = AwsSessionCredentials.create(
        "«id»",
        "«secret»",
        "«token»");
DynamoDbClient ddb = DynamoDbClient.builder().credentialsProvider(() -> sessionCredentials).build();
''', "session")
T("java/basic-session", "src/main/java/com/acme/Temp.java", "hard", '''
BasicSessionCredentials temp = new BasicSessionCredentials("«id»", "«secret»",
    "«token»");
''', "session")
T("java/sdk2-builder", "src/main/java/com/acme/Creds.java", "plain", '''
AwsBasicCredentials credentials = AwsBasicCredentials.builder()
        .accessKeyId("«id»")
        .secretAccessKey("«secret»")
        .build();
''')
T("java/system-property", "src/main/java/com/acme/Main.java", "plain", '''
public static void main(String[] args) {
    System.setProperty("aws.accessKeyId", "«id»");
    System.setProperty("aws.secretKey", "«secret»");
    System.setProperty("aws.region", "«region»");
    SpringApplication.run(Main.class, args);
}
''')
T("java/spring-value-default", "src/main/java/com/acme/AwsProps.java", "plain", '''
@Component
public class AwsProps {
    @Value("${cloud.aws.credentials.access-key:«id»}")
    private String accessKey;
    @Value("${cloud.aws.credentials.secret-key:«secret»}")
    private String secretKey;
}
''')
T("java/getters", "src/main/java/com/acme/MyCredentials.java", "hard", '''
AWSCredentials credentials = new AWSCredentials() {
    @Override
    public String getAWSAccessKeyId() {
        return "«id»";
    }

    @Override
    public String getAWSSecretKey() {
        return "«secret»";
    }
};
''')
T("java/minio-client", "src/main/java/com/acme/Minio.java", "hard", '''
MinioClient client = MinioClient.builder()
    .endpoint("https://s3.amazonaws.com")
    .credentials("«id»", "«secret»")
    .build();
''')
T("java/annotation", "src/main/java/com/acme/Job.java", "plain", '''
@S3Source(bucket = "«bucket»", accessKey = "«id»", secretKey = "«secret»")
public class Job extends NightlyJob { }
''')
T("java/put-map", "src/main/java/com/acme/Spark.java", "plain", '''
Configuration conf = sc.hadoopConfiguration();
conf.set("fs.s3a.access.key", "«id»");
conf.set("fs.s3a.secret.key", "«secret»");
''')
T("java/concat-plus", "src/main/java/com/acme/Obfuscated.java", "rest", '''
class Obfuscated {
    static final String A = "«id:concat:" + "»";
    static final String S = "«secret:concat:" + "»";
    BasicAWSCredentials c = new BasicAWSCredentials(A, S);
}
''')
T("java/string-builder", "src/main/java/com/acme/Builder.java", "rest", '''
String accessKey = new StringBuilder().append("«id:concat:").append("»").toString();
String secretKey = new StringBuilder().append("«secret:concat:").append("»").toString();
''')
T("java/char-array", "src/main/java/com/acme/Chars.java", "rest", '''
char[] accessKey = {«id:chararray»};
char[] secretKey = {«secret:chararray»};
''')
T("java/base64-literals", "src/main/java/com/acme/Hidden.java", "hard", '''
String accessKey = new String(Base64.getDecoder().decode("«id:b64»"));
String secretKey = new String(Base64.getDecoder().decode("«secret:b64»"));
''')
T("android/strings-xml", "app/src/main/res/values/strings.xml", "hard", '''
<?xml version="1.0" encoding="utf-8"?>
<resources>
    <string name="app_name">«word»</string>
    <string name="«?aws_access_key¦s3_key¦amazon_key»">«id»</string>
    <string name="«?aws_secret_key¦s3_secret¦amazon_secret»">«secret»</string>
</resources>
''')
T("android/gradle-buildconfig", "app/build.gradle", "hard", r'''
android {
    defaultConfig {
        applicationId "test.acme.«word»"
        buildConfigField "String", "AWS_KEY", "\"«id»\""
        buildConfigField "String", "AWS_SECRET", "\"«secret»\""
    }
}
''')
T("gradle/repository", "build.gradle", "plain", '''
repositories {
    maven {
        url "s3://«bucket»/releases"
        credentials(AwsCredentials) {
            accessKey "«id»"
            secretKey "«secret»"
        }
    }
}
''')
T("gradle/kts", "build.gradle.kts", "plain", '''
maven {
    url = uri("s3://«bucket»/maven")
    credentials(AwsCredentials::class) {
        accessKey = "«id»"
        secretKey = "«secret»"
    }
}
''')
T("gradle/properties", "gradle.properties", "plain", '''
org.gradle.jvmargs=-Xmx2g
awsAccessKeyId=«id»
awsSecretAccessKey=«secret»
''')
T("maven/settings-server", ".mvn/settings.xml", "hard", '''
<settings>
  <servers>
    <server>
      <id>«word»-s3</id>
      <username>«id»</username>
      <password>«secret»</password>
    </server>
  </servers>
</settings>
''')
T("sbt/resolver", "build.sbt", "plain", '''
import com.amazonaws.auth._
s3credentials := new BasicAWSCredentials("«id»", "«secret»")
resolvers += "s3" at "s3://«bucket».s3.amazonaws.com/maven"
''')
T("sbt/credentials-file", "project/.s3credentials", "hard", '''
realm = Amazon S3
host = «bucket».s3.amazonaws.com
user = «id»
password = «secret»
''')
T("kotlin/static-provider", "app/src/main/java/Upload.kt", "plain", '''
val s3 = S3Client {
    region = "«region»"
    credentialsProvider = StaticCredentialsProvider {
        accessKeyId = "«id»"
        secretAccessKey = "«secret»"
    }
}
''')
T("kotlin/const-val", "app/src/main/kotlin/Keys.kt", "hard", '''
object Keys {
    const val KEY = "«id»"
    const val SECRET = "«secret»"
}
''')
T("kotlin/positional", "app/src/main/kotlin/Repo.kt", "hard", '''
val credentials = BasicAWSCredentials("«id»", "«secret»")
val transfer = TransferUtility(AmazonS3Client(credentials), context)
''')
T("scala/spark-shell", "jobs/Ingest.scala", "plain", '''
val sc = new SparkContext(conf)
sc.hadoopConfiguration.set("fs.s3n.awsAccessKeyId", "«id»")
sc.hadoopConfiguration.set("fs.s3n.awsSecretAccessKey", "«secret»")
val logs = sc.textFile("s3n://«bucket»/logs/*.gz")
''')
T("scala/tuple", "jobs/Export.scala", "hard", '''
val (key, secret) = ("«id»", "«secret»")
implicit val s3 = S3(key, secret)(Region.EU_WEST_1)
''')
T("scala/alpakka-conf", "src/main/resources/application.conf", "hard", '''
alpakka.s3 {
  aws {
    credentials {
      provider = static
      access-key-id = "«id»"
      secret-access-key = "«secret»"
    }
    region { provider = static, default-region = "«region»" }
  }
}
''')
T("play/conf", "conf/application.conf", "plain", '''
aws.accessKeyId="«id»"
aws.secretKey="«secret»"
aws.s3.bucket="«bucket»"
''')
T("groovy/grails", "grails-app/conf/Config.groovy", "plain", '''
grails.plugin.awssdk.accessKey = '«id»'
grails.plugin.awssdk.secretKey = '«secret»'
''')
T("groovy/map", "vars/deploy.groovy", "hard", '''
def call(Map cfg = [:]) {
    def aws = [key: '«id»', secret: '«secret»', region: '«region»']
    sh "deploy ${aws.region}"
}
''')
T("clojure/amazonica", "src/«word»/core.clj", "plain", '''
(ns «word».core
  (:require [amazonica.aws.s3 :as s3]))

(def cred {:access-key "«id»"
           :secret-key "«secret»"
           :endpoint   "«region»"})
''')
T("clojure/with-credential", "src/«word»/queue.clj", "hard", '''
(with-credential ["«id»" "«secret»" "«region»"]
  (sqs/send-message :queue-url url))
''')
T("clojure/lein-profiles", "profiles.clj", "hard", '''
{:auth {:repository-auth {#"s3p://«bucket»"
                          {:username "«id»"
                           :passphrase "«secret»"}}}}
''')
T("java/properties-spring", "src/main/resources/application.properties", "plain", '''
server.port=8080
cloud.aws.region.static=«region»
cloud.aws.credentials.access-key=«id»
cloud.aws.credentials.secret-key=«secret»
''')
T("java/properties-escaped", "src/main/resources/legacy.properties", "hard", r'''
s3.user \: «id»
s3.pass \= «secret»
aws\:accesskey=«id»
''')
T("java/hocon-include", "src/main/resources/reference.conf", "hard", '''
storage { s3 { auth: ["«id»", "«secret»"] } }
''')
T("java/jndi-context", "META-INF/context.xml", "plain", '''
<Context>
  <Environment name="aws/accessKey" value="«id»" type="java.lang.String"/>
  <Environment name="aws/secretKey" value="«secret»" type="java.lang.String"/>
</Context>
''')
T("java/hadoop-core-site", "conf/core-site.xml", "hard", '''
<configuration>
  <property>
    <name>fs.s3a.access.key</name>
    <value>«id»</value>
  </property>
  <property>
    <name>fs.s3a.secret.key</name>
    <value>«secret»</value>
  </property>
</configuration>
''')
T("java/hadoop-oneline", "conf/hive-site.xml", "hard", '''
<property><name>fs.s3.awsAccessKeyId</name><value>«id»</value></property><property><name>fs.s3.awsSecretAccessKey</name><value>«secret»</value></property>
''')
T("java/spring-xml", "src/main/webapp/WEB-INF/aws-context.xml", "hard", '''
<bean id="awsCredentials" class="com.amazonaws.auth.BasicAWSCredentials">
    <constructor-arg value="«id»"/>
    <constructor-arg value="«secret»"/>
</bean>
''')
T("java/spring-cloud-xml", "src/main/resources/aws-config.xml", "plain", '''
<aws-context:context-credentials>
    <aws-context:simple-credentials access-key="«id»" secret-key="«secret»"/>
</aws-context:context-credentials>
''')
