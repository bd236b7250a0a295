"""Haskell, Elixir, Erlang, OCaml, Elm, Lisps and Nix."""

from idioms import T

T("haskell/amazonka", "src/Aws.hs", "hard", '''
import Network.AWS

env <- newEnv (FromKeys "«id»" "«secret»")
''')
T("haskell/record", "src/Config.hs", "plain", '''
config = Config
  { accessKeyId = "«id»"
  , secretAccessKey = "«secret»"
  , bucket = "«bucket»"
  }
''')
T("haskell/string-gap", "src/Gap.hs", "rest", '''
accessKey = "«id:concat:\\
   \\»"
secretKey = "«secret:concat:\\
   \\»"
''')
T("haskell/append", "src/Split.hs", "rest", '''
accessKey = "«id:concat:" ++ "»"
secretKey = "«secret:concat:" <> "»"
''')
T("elixir/config", "config/prod.exs", "plain", '''
import Config

config :ex_aws,
  access_key_id: "«id»",
  secret_access_key: "«secret»",
  region: "«region»"
''')
T("elixir/list-default", "config/runtime.exs", "hard", '''
config :ex_aws,
  access_key_id: [{:system, "AWS_ACCESS_KEY_ID"}, "«id»"],
  secret_access_key: [{:system, "AWS_SECRET_ACCESS_KEY"}, "«secret»"]
''')
T("elixir/arc", "config/config.exs", "plain", '''
config :arc, storage: Arc.Storage.S3, bucket: "«bucket»"
config :my_app, aws: %{key: "«id»", secret: "«secret»"}
''')
T("elixir/system-put-env", "test/test_helper.exs", "hard", '''
System.put_env("AWS_ACCESS_KEY_ID", "«id»")
System.put_env("AWS_SECRET_ACCESS_KEY", "«secret»")
''')
T("elixir/concat", "lib/split.ex", "rest", '''
@access "«id:concat:" <> "»"
@secret "«secret:concat:" <> "»"
''')
T("erlang/erlcloud", "src/put.erl", "hard", '''
-module(put).
start() ->
    erlcloud_s3:configure("«id»", "«secret»"),
    ok.
''')
T("erlang/sys-config", "rel/sys.config", "plain", '''
[{«word», [
  {aws_access_key_id, "«id»"},
  {aws_secret_access_key, "«secret»"}
]}].
''')
T("erlang/binary", "src/creds.erl", "hard", '''
creds() -> #{id => <<"«id»">>, secret => <<"«secret»">>}.
''')
T("erlang/macro", "include/aws.hrl", "plain", '''
-define(ACCESS_KEY, "«id»").
-define(SECRET_KEY, "«secret»").
''')
T("ocaml/let", "bin/put.ml", "plain", '''
let access_key = "«id»"
let secret_key = "«secret»"
let () = Aws_s3.put ~credentials:(Credentials.make ~access_key ~secret_key ()) ()
''')
T("ocaml/labels", "bin/sync.ml", "plain", '''
let credentials = Aws_s3.Credentials.make ~access_key:"«id»" ~secret_key:"«secret»" ()
''')
T("ocaml/caret", "bin/split.ml", "rest", '''
let key = "«id:concat:" ^ "»"
let secret = "«secret:concat:" ^ "»"
''')
T("elm/record", "src/Main.elm", "plain", '''
s3 =
    { accessKey = "«id»"
    , secretKey = "«secret»"
    }
''')
T("lisp/zs3", "src/upload.lisp", "hard", '''
(setf zs3:*credentials* '("«id»" "«secret»"))
''')
T("lisp/keywords", "src/aws.lisp", "plain", '''
(make-credentials :access-key "«id»" :secret-key "«secret»")
''')
T("emacs/setq", "init.el", "plain", '''
(setq aws-access-key "«id»"
      aws-secret-key "«secret»")
''')
T("emacs/custom", "lisp/s3.el", "hard", '''
(custom-set-variables
 '(ess-s3-id "«id»")
 '(ess-s3-pw "«secret»"))
''')
T("scheme/racket", "src/put.rkt", "hard", '''
#lang racket
(require aws/keys)
(public-key "«id»")
(private-key "«secret»")
''')
T("scheme/cons", "src/keys.scm", "hard", '''
(define s3-keys (cons "«id»" "«secret»"))
''')
T("vim/let", "plugin/deploy.vim", "plain", '''
let g:aws_access_key = '«id»'
let g:aws_secret_key = '«secret»'
''')
T("nix/attrs", "configuration.nix", "plain", '''
{
  deployment.ec2.accessKeyId = "«id»";
  systemd.services.backup.environment = {
    AWS_ACCESS_KEY_ID = "«2.id»";
    AWS_SECRET_ACCESS_KEY = "«2.secret»";
  };
}
''', "id pair")
T("nix/multiline", "secrets.nix", "plain", """
{ awsCredentials = ''
    [default]
    aws_access_key_id=«id»
    aws_secret_access_key=«secret»
  '';
}
""")
T("guix/service", "system.scm", "hard", '''
(service duplicity-service-type
  (environment '(("AWS_ACCESS_KEY_ID" . "«id»")
                 ("AWS_SECRET_ACCESS_KEY" . "«secret»"))))
''')
T("dhall/record", "config.dhall", "plain", '''
{ accessKey = "«id»", secretKey = "«secret»", region = "«region»" }
''')
T("jsonnet/fields", "env.jsonnet", "plain", '''
{
  s3:: { access_key: '«id»', secret_key: '«secret»' },
}
''')
T("cue/fields", "config.cue", "plain", '''
storage: s3: {
	accessKey: "«id»"
	secretKey: "«secret»"
}
''')
T("prolog/fact", "facts.pl", "hard", '''
aws_key('«id»', '«secret»').
''')
T("smalltalk/keywords", "S3.st", "hard", '''
AWS3 default accessKey: '«id»'; secretKey: '«secret»'.
''')
T("forth/string", "put.fs", "hard", '''
: key s" «id»" ;
: pass s" «secret»" ;
''')
T("apl-like/k", "load.q", "hard", '''
.aws.id:"«id»";.aws.sk:"«secret»";.aws.region:"«region»"
''')
T("puppet/class", "manifests/backup.pp", "plain", '''
class { 'duplicity':
  aws_access_key_id     => '«id»',
  aws_secret_access_key => '«secret»',
}
''')
T("puppet/hiera", "hieradata/common.yaml", "plain", '''
profile::backup::access_key: '«id»'
profile::backup::secret_key: '«secret»'
''')
T("chef/attributes", "attributes/default.rb", "plain", '''
default['s3']['access_key'] = '«id»'
default['s3']['secret_key'] = '«secret»'
''')
T("chef/data-bag", "data_bags/aws/main.json", "plain", '''
{
  "id": "main",
  "aws_access_key_id": "«id»",
  "aws_secret_access_key": "«secret»"
}
''')
T("chef/knife", ".chef/knife.rb", "plain", '''
knife[:aws_access_key_id] = "«id»"
knife[:aws_secret_access_key] = "«secret»"
''')
T("salt/provider", "cloud.providers.d/ec2.conf", "hard", '''
my-ec2:
  id: '«id»'
  key: '«secret»'
  keyname: «word»
  driver: ec2
''')
T("salt/pillar", "pillar/s3.sls", "hard", '''
s3.keyid: «id»
s3.key: «secret»
''')
