"""Go, Rust, C, C++, Objective-C, Swift, Dart, Zig, D, Nim, Delphi and others that compile."""

from idioms import T

T("go/static-credentials", "internal/storage/s3.go", "hard", '''
package storage

sess, err := session.NewSession(&aws.Config{
	Region:      aws.String("«region»"),
	Credentials: credentials.NewStaticCredentials("«id»", "«secret»", ""),
})
''')
T("go/static-provider-v2", "internal/aws/client.go", "hard", '''
cfg, err := config.LoadDefaultConfig(ctx,
	config.WithRegion("«region»"),
	config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(
		"«id»",
		"«secret»",
		"",
	)),
)
''')
T("go/static-session", "internal/aws/temp.go", "hard", '''
creds := credentials.NewStaticCredentials("«id»", "«secret»", "«token»")
''', "session")
T("go/value-struct", "cmd/tool/main.go", "plain", '''
creds := credentials.NewStaticCredentialsFromCreds(credentials.Value{
	AccessKeyID:     "«id»",
	SecretAccessKey: "«secret»",
})
''')
T("go/const-block", "pkg/keys/keys.go", "plain", '''
const (
	accessKey = "«id»"
	secretKey = "«secret»"
	bucket    = "«bucket»"
)
''')
T("go/goamz", "cmd/old/main.go", "hard", '''
auth := aws.Auth{"«id»", "«secret»", ""}
client := s3.New(auth, aws.EUWest)
''')
T("go/raw-string", "cmd/gen/profile.go", "plain", '''
const profile = `[default]
aws_access_key_id = «id»
aws_secret_access_key = «secret»
`
''')
T("go/setenv", "cmd/run/main.go", "hard", '''
os.Setenv("AWS_ACCESS_KEY_ID", "«id»")
os.Setenv("AWS_SECRET_ACCESS_KEY", "«secret»")
''')
T("go/table-test", "pkg/parse/parse_test.go", "hard", '''
tests := []struct{ key, secret string }{
	{"«id»", "«secret»"},
	{"«2.id»", "«2.secret»"},
}
''', "pair pair")
T("go/flag-default", "cmd/sync/flags.go", "hard", '''
key := flag.String("aws-key", "«id»", "access key")
sec := flag.String("aws-secret", "«secret»", "secret key")
''')
T("go/minio-new", "cmd/minio/main.go", "hard", '''
mc, err := minio.New("s3.amazonaws.com", "«id»", "«secret»", true)
''')
T("go/concat", "pkg/hidden/hidden.go", "rest", '''
var accessKey = "«id:concat:" + "»"
var secretKey = "«secret:concat:" +
	"»"
''')
T("go/byte-slice", "pkg/hidden/bytes.go", "rest", '''
var secretKey = []byte{«secret:hexarray»}
var accessKey = []byte{«id:hexarray»}
''')
T("go/dump-percent-v", "testdata/debug.log", "hard", '''
2023/04/02 11:20:01 resolved credentials: {AccessKeyID:«id» SecretAccessKey:«secret» SessionToken: Source:EnvConfigCredentials CanExpire:false Expires:0001-01-01 00:00:00 +0000 UTC}
''')
T("rust/credentials-new", "src/main.rs", "hard", '''
let creds = Credentials::new("«id»", "«secret»", None, None, "static");
let config = aws_config::from_env().credentials_provider(creds).load().await;
''')
T("rust/from-keys", "src/client.rs", "hard", '''
let credentials = aws_credential_types::Credentials::from_keys(
    "«id»",
    "«secret»",
    None,
);
''')
T("rust/rusoto", "src/rusoto.rs", "hard", '''
let provider = StaticProvider::new_minimal("«id»".to_owned(), "«secret»".to_owned());
''')
T("rust/const", "src/keys.rs", "plain", '''
pub const AWS_ACCESS_KEY_ID: &str = "«id»";
pub const AWS_SECRET_ACCESS_KEY: &str = "«secret»";
''')
T("rust/struct", "src/config.rs", "plain", '''
let store = AmazonS3Builder::new()
    .with_region("«region»")
    .with_access_key_id("«id»")
    .with_secret_access_key("«secret»")
    .build()?;
''')
T("rust/raw-string", "tests/api.rs", "plain", '''
let body = r#"{"AccessKeyId": "«id»", "SecretAccessKey": "«secret»"}"#;
''')
T("rust/concat-macro", "src/hidden.rs", "rest", '''
const ID: &str = concat!("«id:concat:", "»");
const SECRET: &str = concat!("«secret:concat:", "»");
''')
T("rust/continued-literal", "src/long.rs", "rest", '''
const CREDS: (&str, &str) = (
    "«id:concat:\\
     »",
    "«secret:concat:\\
     »",
);
''')
T("rust/debug-output", "testdata/trace.txt", "hard", '''
SigningParams { access_key: "«id»", secret_key: "«secret»", security_token: None, region: "«region»", service_name: "s3" }
''')
T("cpp/aws-credentials", "src/uploader.cpp", "hard", '''
#include <aws/core/Aws.h>

Aws::Auth::AWSCredentials credentials("«id»", "«secret»");
Aws::S3::S3Client client(credentials, config);
''')
T("cpp/setters", "src/setup.cpp", "plain", '''
Aws::Auth::AWSCredentials c;
c.SetAWSAccessKeyId("«id»");
c.SetAWSSecretKey("«secret»");
''')
T("cpp/brace-init", "src/keys.hpp", "hard", '''
static const std::pair<std::string, std::string> kS3{"«id»", "«secret»"};
''')
T("c/defines", "include/aws_keys.h", "plain", '''
#ifndef AWS_KEYS_H
#define AWS_ACCESS_KEY  "«id»"
#define AWS_SECRET_KEY  "«secret»"
#define AWS_BUCKET      "«bucket»"
#endif
''')
T("c/libs3", "src/put.c", "hard", '''
S3BucketContext ctx = { 0, "«bucket»", S3ProtocolHTTPS, S3UriStylePath,
                        "«id»", "«secret»", 0 };
''')
T("c/adjacent-literals", "src/split.c", "rest", '''
static const char *access_key = "«id:concat:" "»";
static const char *secret_key = "«secret:concat:"
                                "»";
''')
T("c/octal", "src/octal.c", "rest", '''
char k[] = "«id:octal»";
char s[] = "«secret:octal»";
''')
T("c/hex-literal", "src/hexlit.c", "rest", '''
const char *aws_key_id = "«id:xall»";
const char *aws_secret = "«secret:xall»";
''')
T("c/makefile-flags", "Makefile", "hard", r'''
CFLAGS += -DAWS_KEY=\"«id»\" -DAWS_SECRET=\"«secret»\"

deploy:
	./put out.tgz
''')
T("make/variables", "deploy.mk", "plain", '''
AWS_ACCESS_KEY_ID := «id»
AWS_SECRET_ACCESS_KEY ?= «secret»
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
''')
T("make/recipe", "Makefile", "plain", '''
upload: build
	AWS_ACCESS_KEY_ID=«id» AWS_SECRET_ACCESS_KEY=«secret» aws s3 cp dist s3://«bucket» --recursive
''')
T("arduino/secrets-h", "firmware/secrets.h", "hard", '''
const char* ssid = "«word»";
const char* awsKeyID  = "«id»";
const char* awsSecKey = "«secret»";
''')
T("objc/static-provider", "ios/AppDelegate.m", "plain", '''
AWSStaticCredentialsProvider *provider = [[AWSStaticCredentialsProvider alloc] initWithAccessKey:@"«id»" secretKey:@"«secret»"];
''')
T("objc/define", "ios/Constants.h", "hard", '''
#define S3_KEY    @"«id»"
#define S3_SECRET @"«secret»"
''')
T("swift/static-provider", "ios/Upload.swift", "plain", '''
let provider = AWSStaticCredentialsProvider(accessKey: "«id»", secretKey: "«secret»")
let configuration = AWSServiceConfiguration(region: .EUWest1, credentialsProvider: provider)
''')
T("swift/struct", "ios/Secrets.swift", "hard", '''
enum Secrets {
    static let a = "«id»"
    static let b = "«secret»"
}
''')
T("swift/soto", "Sources/App/configure.swift", "plain", '''
let client = AWSClient(credentialProvider: .static(accessKeyId: "«id»", secretAccessKey: "«secret»"))
''')
T("dart/minio", "lib/upload.dart", "plain", '''
final minio = Minio(endPoint: 's3.amazonaws.com', accessKey: '«id»', secretKey: '«secret»');
''')
T("dart/const", "lib/keys.dart", "hard", '''
class Env {
  static const s3Id = '«id»';
  static const s3Pw = '«secret»';
}
''')
T("dart/adjacent", "lib/split.dart", "rest", '''
const secretKey = '«secret:concat:'
    '»';
const accessKey = '«id:concat:' '»';
''')
T("zig/const", "src/main.zig", "plain", '''
const access_key = "«id»";
const secret_key = "«secret»";
''')
T("zig/multiline", "src/profile.zig", "hard", r'''
const ini =
    \\[default]
    \\aws_access_key_id = «id»
    \\aws_secret_access_key = «secret»
;
''')
T("nim/const", "src/put.nim", "plain", '''
const
  awsAccessKey = "«id»"
  awsSecretKey = "«secret»"
''')
T("crystal/client", "src/put.cr", "hard", '''
client = Awscr::S3::Client.new("«region»", "«id»", "«secret»")
''')
T("d/enum", "source/app.d", "hard", '''
enum keys = AWSKeys("«id»", "«secret»");
''')
T("delphi/const", "src/Cloud.pas", "hard", '''
const
  CAccountName = '«id»';
  CAccountKey  = '«secret»';
begin
  AmazonConnectionInfo1.AccountName := CAccountName;
  AmazonConnectionInfo1.AccountKey := CAccountKey;
end.
''')
T("delphi/dfm", "src/Main.dfm", "hard", '''
object AmazonConnectionInfo1: TAmazonConnectionInfo
  AccountName = '«id»'
  AccountKey = '«secret»'
  UseDefaultEndpoints = False
end
''')
T("ada/string", "src/keys.ads", "hard", '''
package Keys is
   Access_Key : constant String := "«id»";
   Secret     : constant String := "«secret»";
end Keys;
''')
T("fortran/parameter", "src/put.f90", "hard", '''
character(len=20), parameter :: awskey = '«id»'
character(len=40), parameter :: awssec = '«secret»'
''')
T("cobol/value", "src/PUTS3.cbl", "hard", '''
       01  WS-ACCESS-KEY     PIC X(20) VALUE "«id»".
       01  WS-SECRET-KEY     PIC X(40) VALUE
           "«secret»".
''')
T("vala/field", "src/put.vala", "hard", '''
private string key_id = "«id»";
private string key_secret = "«secret»";
''')
T("solidity-like/apex", "classes/S3.cls", "hard", '''
public class S3Put {
    String k = '«id»'; String secret = '«secret»';
}
''')
T("abap/constants", "src/zcl_s3.clas.abap", "hard", '''
CONSTANTS: gc_access TYPE string VALUE '«id»',
           gc_secret TYPE string VALUE '«secret»'.
''')
T("proto/textproto", "config/prod.textproto", "plain", '''
s3 {
  bucket: "«bucket»"
  access_key_id: "«id»"
  secret_access_key: "«secret»"
}
''')
T("unity/asset", "Assets/Settings.asset", "hard", '''
%YAML 1.1
--- !u!114 &11400000
MonoBehaviour:
  m_Name: Settings
  awsKey: «id»
  awsPass: «secret»
''')
T("godot/gd", "scripts/cloud.gd", "hard", '''
extends Node
const K := "«id»"
const S := "«secret»"
''')
