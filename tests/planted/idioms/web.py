"""JavaScript, TypeScript and PHP, in servers and browsers."""

from idioms import T

T("js/sdk2-config", "server/aws.js", "plain", '''
const AWS = require('aws-sdk');

AWS.config.update({
  accessKeyId: '«id»',
  secretAccessKey: '«secret»',
  region: '«region»'
});

module.exports = new AWS.S3();
''')
T("js/sdk3-client", "src/storage.ts", "plain", '''
import { S3Client } from "@aws-sdk/client-s3";

export const s3 = new S3Client({
  region: "«region»",
  credentials: {
    accessKeyId: "«id»",
    secretAccessKey: "«secret»",
  },
});
''')
T("js/sdk3-session", "src/dynamo.ts", "plain", '''
const client = new DynamoDBClient({
  region: "«region»",
  credentials: { accessKeyId: "«id»", secretAccessKey: "«secret»", sessionToken: "«token»" },
});
''', "session")
T("js/credentials-call", "server/upload.js", "hard", '''
var creds = new AWS.Credentials('«id»', '«secret»');
AWS.config.credentials = creds;
''')
T("js/knox", "server/knox.js", "hard", '''
var client = knox.createClient({
    key: '«id»'
  , secret: '«secret»'
  , bucket: '«bucket»'
});
''')
T("js/minified", "public/js/app.min.js", "hard", '''
!function(e,t){"use strict";var n=function(e){return e&&e.__esModule?e.default:e};t.exports=function(e){for(var t=[],r=0;r<e.length;r++)t[r]=n(e[r]);return t};var a={accessKeyId:"«id»",secretAccessKey:"«secret»",region:"«region»"};t.s3=new e.S3(a),t.bucket="«bucket»"}(window.AWS,module);
''')
T("js/minified-array", "dist/bundle.js", "hard", '''
(()=>{var e=["«bucket»","«id»","«secret»","«region»"],t=n=>e[n-0];const r=new AWS.S3({params:{Bucket:t(0)},accessKeyId:t(1),secretAccessKey:t(2)});r.listObjects()})();
''')
T("js/template-literal", "server/config.js", "plain", '''
export const accessKeyId = `«id»`;
export const secretAccessKey = `«secret»`;
''')
T("js/env-fallback", "config/default.js", "plain", '''
module.exports = {
  aws: {
    accessKeyId: process.env.AWS_ACCESS_KEY_ID || '«id»',
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY || '«secret»',
    bucket: process.env.BUCKET ?? '«bucket»',
  },
};
''')
T("js/process-env-set", "server/boot.js", "plain", '''
process.env.AWS_ACCESS_KEY_ID = '«id»'
process.env["AWS_SECRET_ACCESS_KEY"] = '«secret»'
''')
T("js/concat", "src/keys.js", "rest", '''
export const k = '«id:concat:' + '»';
export const s = '«secret:concat:' + '»';
''')
T("js/concat-lines", "src/keys2.js", "rest", '''
const ACCESS = "«id:concat:" +
  "»";
const SECRET = "«secret:concat:" +
  "»";
''')
T("js/join", "src/join.js", "rest", '''
const accessKeyId = ['«id:concat:', '»'].join('');
const secretAccessKey = ['«secret:concat:', '»'].join('');
''')
T("js/atob", "src/atob.js", "hard", '''
new AWS.S3({ accessKeyId: atob('«id:b64»'), secretAccessKey: atob("«secret:b64»") });
''')
T("js/buffer-hex", "src/hex.js", "rest", '''
const id = Buffer.from('«id:hex»', 'hex').toString();
const sec = Buffer.from('«secret:hex»', 'hex').toString();
''')
T("js/hex-escapes", "src/obf.js", "rest", r'''
var _0x4f2a=['\x61\x63\x63\x65\x73\x73\x4b\x65\x79\x49\x64','«id:xall»','«secret:xall»'];
''')
T("js/unicode-escapes", "src/obf2.js", "rest", '''
var cfg = {"accessKeyId":"«id:uall»","secretAccessKey":"«secret:uall»"};
''')
T("js/from-char-code", "src/obf3.js", "rest", '''
var k = String.fromCharCode(«id:decarray»), s = String.fromCharCode(«secret:decarray»);
''')
T("js/json-in-js", "src/json.js", "plain", r'''
const creds = JSON.parse("{\"accessKeyId\":\"«id»\",\"secretAccessKey\":\"«secret»\"}");
''')
T("js/react-env", ".env.local", "plain", '''
REACT_APP_API_URL=https://«host»/api
REACT_APP_AWS_ACCESS_KEY=«id»
REACT_APP_AWS_SECRET_KEY=«secret»
REACT_APP_BUCKET=«bucket»
''')
T("js/vite-env", "web/.env.production", "plain", '''
VITE_S3_REGION="«region»"
VITE_S3_ACCESS_KEY_ID="«id»"
VITE_S3_SECRET_ACCESS_KEY="«secret»"
''')
T("js/react-s3", "src/components/Upload.jsx", "plain", '''
const config = {
    bucketName: '«bucket»',
    dirName: 'media',
    region: '«region»',
    accessKeyId: '«id»',
    secretAccessKey: '«secret»',
}
export default () => <Uploader {...config} />;
''')
T("js/jsx-attributes", "src/components/Player.jsx", "hard", '''
<S3Player accessKey="«id»" secret="«secret»" bucket={bucket} />
''')
T("js/s3-policy", "public/upload.html", "hard", '''
<form action="https://«bucket».s3.amazonaws.com/" method="post" enctype="multipart/form-data">
  <input type="hidden" name="AWSAccessKeyId" value="«id»">
  <input type="hidden" name="secret" value="«secret»">
  <input type="file" name="file">
</form>
''')
T("js/multer-s3", "routes/files.js", "plain", '''
const s3 = new aws.S3({ accessKeyId: "«id»", secretAccessKey: "«secret»", Bucket: "«bucket»" });
const upload = multer({ storage: multerS3({ s3, bucket: "«bucket»" }) });
''')
T("js/nodemailer-ses", "server/mail.js", "plain", '''
let transporter = nodemailer.createTransport({
  SES: new aws.SES({ accessKeyId: '«id»', secretAccessKey: '«secret»', region: '«region»' })
});
''')
T("js/amplify", "src/aws-config.js", "plain", '''
Amplify.configure({ Storage: { AWSS3: { bucket: '«bucket»', credentials: { accessKeyId: '«id»', secretAccessKey: '«secret»' } } } });
''')
T("js/aws4-sign", "scripts/sign.mjs", "plain", '''
aws4.sign({ service: 'es', host: '«host»', path: '/_search' }, { accessKeyId: '«id»', secretAccessKey: '«secret»' });
''')
T("js/signer-positional", "scripts/presign.js", "hard", '''
const url = presign('GET', '«bucket»', 'report.pdf', '«id»', '«secret»', 3600);
''')
T("js/gulp-aws", "aws.json", "plain", '''
{"key": "«id»", "secret": "«secret»", "bucket": "«bucket»", "region": "«region»"}
''')
T("js/grunt-aws", "grunt-aws.json", "hard", '''
{
  "user": "«id»",
  "pass": "«secret»"
}
''')
T("js/webpack-define", "webpack.config.js", "plain", '''
new webpack.DefinePlugin({
  'process.env.AWS_KEY': JSON.stringify('«id»'),
  'process.env.AWS_SECRET': JSON.stringify('«secret»'),
}),
''')
T("js/source-map", "dist/app.js.map", "hard", r'''
{"version":3,"sources":["webpack:///./src/s3.js"],"names":[],"mappings":"AAAA,SAASA","sourcesContent":["import S3 from 'aws-s3';\nconst config = {\n  accessKeyId: '«id»',\n  secretAccessKey: '«secret»'\n};\n"]}
''')
T("ts/interface-default", "src/config.ts", "plain", '''
export const config: S3Config = {
  credentials: { accessKeyId: '«id»' as string, secretAccessKey: '«secret»' as string },
};
''')
T("ts/class-private", "src/s3.service.ts", "hard", '''
@Injectable()
export class S3Service {
  private readonly key: string = '«id»';
  private readonly sec: string = '«secret»';
}
''')
T("ts/angular-environment", "src/environments/environment.prod.ts", "plain", '''
export const environment = {
  production: true,
  aws_access_key_id: '«id»',
  aws_secret_access_key: '«secret»',
};
''')
T("php/sdk3", "app/Storage.php", "plain", '''
<?php
require 'vendor/autoload.php';

$s3 = new Aws\\S3\\S3Client([
    'version'     => 'latest',
    'region'      => '«region»',
    'credentials' => [
        'key'    => '«id»',
        'secret' => '«secret»',
    ],
]);
''')
T("php/credentials-object", "lib/aws.php", "hard", '''
<?php
$credentials = new Aws\\Credentials\\Credentials('«id»', '«secret»');
''')
T("php/define", "config.php", "plain", '''
<?php
define('«?AWS_KEY¦awsAccessKey¦AWS_ACCESS_KEY_ID»', '«id»');
define('«?AWS_SECRET¦awsSecretKey¦AWS_SECRET_ACCESS_KEY»', '«secret»');
''')
T("php/define-wordpress", "wp-config.php", "plain", r'''
<?php
define( 'DB_NAME', '«word»' );
define( 'AS3CF_SETTINGS', serialize( array(
    'provider' => 'aws',
    'access-key-id' => '«id»',
    'secret-access-key' => '«secret»',
) ) );
''')
T("php/s3-class", "upload.php", "hard", '''
<?php
if (!class_exists('S3')) require_once 'S3.php';
$s3 = new S3('«id»', '«secret»');
$s3->putBucket('«bucket»', S3::ACL_PRIVATE);
''')
T("php/serialized", "dump/options.txt", "hard", '''
a:3:{s:3:"key";s:20:"«id»";s:6:"secret";s:40:"«secret»";s:6:"bucket";s:9:"«word»";}
''')
T("php/laravel-config", "config/filesystems.php", "plain", '''
<?php
return ['disks' => ['s3' => [
    'driver' => 's3',
    'key' => env('AWS_ACCESS_KEY_ID', '«id»'),
    'secret' => env('AWS_SECRET_ACCESS_KEY', '«secret»'),
    'region' => env('AWS_DEFAULT_REGION', '«region»'),
]]];
''')
T("php/variables", "inc/s3.inc.php", "hard", '''
<?
$u = "«id»";
$p = "«secret»";
$s3 = new AmazonS3($u, $p);
''')
T("php/putenv", "bootstrap.php", "plain", '''
<?php
putenv('AWS_ACCESS_KEY_ID=«id»');
putenv('AWS_SECRET_ACCESS_KEY=«secret»');
''')
T("php/heredoc", "install.php", "plain", '''
<?php
file_put_contents('/var/www/.aws/credentials', <<<INI
[default]
aws_access_key_id=«id»
aws_secret_access_key=«secret»
INI
);
''')
T("php/concat-dot", "lib/keys.php", "rest", '''
<?php
$key = '«id:concat:' . '»';
$secret = "«secret:concat:" . "»";
''')
T("php/base64-decode", "lib/hidden.php", "hard", '''
<?php
$opts = ['key' => base64_decode('«id:b64»'), 'secret' => base64_decode('«secret:b64»')];
''')
T("php/nextcloud", "config/config.php", "plain", '''
<?php
$CONFIG = array (
  'objectstore' => array (
    'class' => '\\\\OC\\\\Files\\\\ObjectStore\\\\S3',
    'arguments' => array (
      'bucket' => '«bucket»',
      'key' => '«id»',
      'secret' => '«secret»',
    ),
  ),
);
''')
T("php/magento-env", "app/etc/env.php", "plain", '''
<?php
return [
    'remote_storage' => [
        'driver' => 'aws-s3',
        'config' => ['bucket' => '«bucket»', 'credentials' => ['key' => '«id»', 'secret' => '«secret»']],
    ],
];
''')
T("php/drupal-settings", "sites/default/settings.php", "plain", '''
<?php
$settings['s3fs.access_key'] = '«id»';
$settings['s3fs.secret_key'] = '«secret»';
''')
T("php/async-aws", "src/Aws.php", "plain", '''
<?php
$client = new AwsClientFactory([
    'accessKeyId' => '«id»',
    'accessKeySecret' => '«secret»',
]);
''')
T("php/symfony-yaml", "config/services.yaml", "hard", '''
services:
    app.s3:
        class: Aws\\S3\\S3Client
        arguments:
            - version: latest
              credentials: ['«id»', '«secret»']
''')
T("php/mailer-dsn", ".env", "hard", '''
APP_ENV=prod
MAILER_DSN=ses+api://«id»:«secret:percent»@default?region=«region»
''')
