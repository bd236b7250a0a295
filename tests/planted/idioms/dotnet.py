"""C#, VB.NET, F#, PowerShell and the configuration of .NET programs."""

from idioms import T

T("csharp/s3-client", "src/«word»/Storage.cs", "hard", '''
using Amazon;
using Amazon.S3;

public class Storage
{
    private readonly IAmazonS3 _client = new AmazonS3Client("«id»", "«secret»", RegionEndpoint.EUWest1);
}
''')
T("csharp/basic-credentials", "src/«word»/Mailer.cs", "hard", '''
var credentials = new BasicAWSCredentials("«id»", "«secret»");
using var ses = new AmazonSimpleEmailServiceClient(credentials, RegionEndpoint.USEast1);
''')
T("csharp/session-credentials", "src/«word»/Temp.cs", "hard", '''
var temporary = new SessionAWSCredentials("«id»", "«secret»", "«token»");
''', "session")
T("csharp/verbatim", "src/«word»/Keys.cs", "plain", '''
internal static class Keys
{
    internal const string AwsAccessKey = @"«id»";
    internal const string AwsSecretKey = @"«secret»";
}
''')
T("csharp/object-initialiser", "src/«word»/Options.cs", "plain", '''
services.Configure<S3Options>(o =>
{
    o.AccessKey = "«id»";
    o.SecretKey = "«secret»";
    o.Bucket = "«bucket»";
});
''')
T("csharp/named-arguments", "src/«word»/Queue.cs", "plain", '''
var queue = new AmazonSQSClient(awsAccessKeyId: "«id»", awsSecretAccessKey: "«secret»", region: RegionEndpoint.USWest2);
''')
T("csharp/parameters-far", "src/«word»/Far.cs", "hard", '''
public class Far
{
    string user = "«id»";
    int timeout = 30;
    bool retry = true;
    string region = "«region»";
    string bucket = "«bucket»";
    string folder = "incoming";
    string culture = "en-GB";
    string pass = "«secret»";
}
''')
T("csharp/raw-string", "src/«word»/Raw.cs", "plain", '''
const string Profile = """
    [default]
    aws_access_key_id = «id»
    aws_secret_access_key = «secret»
    """;
''')
T("csharp/interpolated-connection", "src/«word»/Conn.cs", "plain", '''
var cs = $"Provider=AmazonS3;AccessKey=«id»;SecretKey=«secret»;Region={region}";
''')
T("dotnet/app-settings", "Web.config", "plain", '''
<?xml version="1.0"?>
<configuration>
  <appSettings>
    <add key="AWSProfileName" value="default"/>
    <add key="AWSAccessKey" value="«id»"/>
    <add key="AWSSecretKey" value="«secret»"/>
    <add key="AWSRegion" value="«region»"/>
  </appSettings>
</configuration>
''')
T("dotnet/app-settings-lines", "App.config", "hard", '''
<appSettings>
  <add
      key="S3User"
      value="«id»" />
  <add
      key="S3Pass"
      value="«secret»" />
</appSettings>
''')
T("dotnet/appsettings-json", "appsettings.Production.json", "plain", '''
{
  "Logging": { "LogLevel": { "Default": "Warning" } },
  "AWS": {
    "Region": "«region»",
    "AccessKey": "«id»",
    "SecretKey": "«secret»"
  }
}
''')
T("dotnet/launch-settings", "Properties/launchSettings.json", "plain", '''
{
  "profiles": {
    "«word»": {
      "commandName": "Project",
      "environmentVariables": {
        "ASPNETCORE_ENVIRONMENT": "Development",
        "AWS_ACCESS_KEY_ID": "«id»",
        "AWS_SECRET_ACCESS_KEY": "«secret»"
      }
    }
  }
}
''')
T("dotnet/log4net-appender", "log4net.config", "hard", '''
<appender name="CloudWatch" type="log4net.Appender.CloudWatchAppender">
  <accessKey value="«id»" />
  <secret value="«secret»" />
  <endPoint value="https://monitoring.«region».amazonaws.com" />
</appender>
''')
T("dotnet/nlog-target", "NLog.config", "plain", '''
<target name="aws" type="AWSTarget" logGroup="/«word»" region="«region»" accessKey="«id»" secretKey="«secret»"/>
''')
T("dotnet/settings-designer", "Properties/Settings.Designer.cs", "hard", '''
[global::System.Configuration.DefaultSettingValueAttribute("«id»")]
public string AwsKey { get { return ((string)(this["AwsKey"])); } }

[global::System.Configuration.DefaultSettingValueAttribute("«secret»")]
public string AwsSecret { get { return ((string)(this["AwsSecret"])); } }
''')
T("dotnet/resx", "Resources.resx", "hard", '''
<root>
  <data name="S3Key" xml:space="preserve">
    <value>«id»</value>
  </data>
  <data name="S3Secret" xml:space="preserve">
    <value>«secret»</value>
  </data>
</root>
''')
T("dotnet/user-secrets", "secrets.json", "plain", '''
{
  "AWS:AccessKeyId": "«id»",
  "AWS:SecretAccessKey": "«secret»",
  "ConnectionStrings:Default": "Host=«host»;Database=app"
}
''')
T("dotnet/sdk-store", "AppData/AWSToolkit/RegisteredAccounts.json", "plain", '''
{
    "«uuid»" : {
        "AWSAccessKey" : "«id»",
        "AWSSecretKey" : "«secret»",
        "ProfileType"  : "AWS",
        "DisplayName"  : "«user»"
    }
}
''')
T("vb/new-client", "Modules/Upload.vb", "hard", '''
Imports Amazon.S3

Module Upload
    Private ReadOnly client As New AmazonS3Client("«id»", "«secret»", RegionEndpoint.USEast1)
End Module
''')
T("vb/dim", "Modules/Config.vb", "plain", '''
Module Config
    Dim awsAccessKey As String = "«id»"
    Dim awsSecretKey As String = "«secret»"
End Module
''')
T("vb/concat-ampersand", "Modules/Hidden.vb", "rest", '''
Dim k = "«id:concat:" & "»"
Dim s = "«secret:concat:" & _
        "»"
Dim client As New AmazonS3Client(k, s)
''')
T("vba/const", "macros/Upload.bas", "plain", '''
Attribute VB_Name = "Upload"
Const AWS_KEY = "«id»"
Const AWS_SECRET = "«secret»"
Sub PutFile()
    MsgBox "done"
End Sub
''')
T("fsharp/let", "src/Program.fs", "hard", '''
let credentials = BasicAWSCredentials("«id»", "«secret»")
let s3 = new AmazonS3Client(credentials, RegionEndpoint.EUCentral1)
''')
T("fsharp/record", "src/Config.fs", "plain", '''
let config =
    { AccessKey = "«id»"
      SecretKey = "«secret»"
      Bucket = "«bucket»" }
''')
T("powershell/set-credential", "scripts/deploy.ps1", "plain", '''
Import-Module AWSPowerShell
Set-AWSCredential -AccessKey «id» -SecretKey «secret» -StoreAs «word»
Get-S3Bucket -Region «region»
''')
T("powershell/initialize", "scripts/init.ps1", "plain", '''
Initialize-AWSDefaultConfiguration -AccessKey '«id»' -SecretKey '«secret»' -Region «region»
''')
T("powershell/env", "scripts/env.ps1", "plain", '''
$env:AWS_ACCESS_KEY_ID = "«id»"
$env:AWS_SECRET_ACCESS_KEY="«secret»"
$Env:AWS_DEFAULT_REGION='«region»'
''')
T("powershell/env-session", "scripts/assume.ps1", "plain", '''
$Env:AWS_ACCESS_KEY_ID="«id»"
$Env:AWS_SECRET_ACCESS_KEY="«secret»"
$Env:AWS_SESSION_TOKEN="«token»"
''', "session")
T("powershell/splat", "scripts/copy.ps1", "plain", '''
$params = @{
    BucketName = '«bucket»'
    AccessKey  = '«id»'
    SecretKey  = '«secret»'
}
Write-S3Object @params -File .\\out.zip
''')
T("powershell/setenvironmentvariable", "scripts/machine.ps1", "hard", '''
[Environment]::SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "«id»", "Machine")
[Environment]::SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "«secret»", "Machine")
''')
T("powershell/securestring", "scripts/secure.ps1", "hard", '''
$secret = ConvertTo-SecureString "«secret»" -AsPlainText -Force
$cred = New-Object PSCredential("«id»", $secret)
''')
T("powershell/backtick", "scripts/long.ps1", "hard", '''
Set-AWSCredentials `
    -AccessKey «id» `
    -SecretKey «secret»
''')
T("powershell/concat", "scripts/split.ps1", "rest", '''
$key = '«id:concat:' + '»'
$secret = '«secret:concat:' + '»'
Set-AWSCredential -AccessKey $key -SecretKey $secret
''')
