"""Labels in many human languages and scripts, and what keyboards and editors there put around keys."""

from idioms import T

# Two lines, the labels in another language. `：` and the like come from input methods.
LINES = {
    "german": ("Zugriffsschlüssel-ID: ", "Geheimer Zugriffsschlüssel: "),
    "german-short": ("Schlüssel = ", "Geheimnis = "),
    "french": ("Identifiant de clé d’accès : ", "Clé d’accès secrète : "),
    "french-short": ("Clé : ", "Secrète : "),
    "spanish": ("ID de clave de acceso: ", "Clave de acceso secreta: "),
    "portuguese": ("ID da chave de acesso: ", "Chave de acesso secreta: "),
    "italian": ("ID chiave di accesso: ", "Chiave di accesso segreta: "),
    "dutch": ("Toegangssleutel-ID: ", "Geheime toegangssleutel: "),
    "polish": ("Identyfikator klucza dostępu: ", "Tajny klucz dostępu: "),
    "czech": ("ID přístupového klíče: ", "Tajný přístupový klíč: "),
    "swedish": ("Åtkomstnyckel-ID: ", "Hemlig åtkomstnyckel: "),
    "turkish": ("Erişim anahtarı kimliği: ", "Gizli erişim anahtarı: "),
    "russian": ("Идентификатор ключа доступа: ", "Секретный ключ доступа: "),
    "ukrainian": ("Ідентифікатор ключа доступу: ", "Секретний ключ доступу: "),
    "greek": ("Κλειδί πρόσβασης: ", "Μυστικό κλειδί: "),
    "chinese": ("访问密钥 ID：", "秘密访问密钥："),
    "chinese-traditional": ("存取金鑰 ID：", "私密存取金鑰："),
    "japanese": ("アクセスキー ID：", "シークレットアクセスキー："),
    "japanese-brackets": ("【アクセスキー】", "【シークレットキー】"),
    "korean": ("액세스 키 ID: ", "비밀 액세스 키: "),
    "thai": ("รหัสคีย์การเข้าถึง: ", "คีย์ลับ: "),
    "vietnamese": ("Mã khóa truy cập: ", "Khóa truy cập bí mật: "),
    "indonesian": ("ID kunci akses: ", "Kunci akses rahasia: "),
    "hebrew": ("מזהה מפתח גישה: ", "מפתח גישה סודי: "),
    "arabic": ("معرف مفتاح الوصول: ", "مفتاح الوصول السري: "),
    "hindi": ("एक्सेस कुंजी आईडी: ", "गुप्त एक्सेस कुंजी: "),
}
for name, (of_id, of_secret) in LINES.items():
    T(f"abroad/{name}", f"docs/{name}/zugang.md", "hard", f"{of_id}«id»\n{of_secret}«secret»\n")

SESSIONS = {
    "japanese": ("アクセスキー：", "シークレットキー：", "セッショントークン："),
    "chinese": ("访问密钥：", "私有访问密钥：", "会话令牌："),
    "german": ("Zugriffsschlüssel: ", "Geheimer Schlüssel: ", "Sitzungstoken: "),
}
for name, labels in SESSIONS.items():
    T(f"abroad-session/{name}", f"docs/{name}/session.txt", "hard", "".join(f"{label}«{part}»\n" for label, part in zip(labels, ("id", "secret", "token"))), "session")

# Console downloads of localised consoles, tables and prose.
T("abroad/csv-german", "downloads/rootkey.csv", "hard", "\ufeffZugriffsschlüssel-ID,Geheimer Zugriffsschlüssel\r\n«id»,«secret»\r\n")
T("abroad/csv-chinese", "downloads/credentials.csv", "hard", "\ufeff用户名,密码,访问密钥 ID,秘密访问密钥,控制台登录链接\r\n«user»,,«id»,«secret»,https://«account».signin.aws.amazon.com/console\r\n")
T("abroad/csv-french-semicolon", "downloads/acces.csv", "hard", "Nom;Clé d'accès;Clé secrète\r\n«user»;«id»;«secret»\r\n")
T("abroad/table-japanese", "docs/keys.md", "hard", "| 環境 | アクセスキー | シークレットキー |\n|---|---|---|\n| 本番 | «id» | «secret» |\n| 検証 | «2.id» | «2.secret» |\n", "pair pair")
T("abroad/prose-german", "docs/anleitung.txt", "hard", "Bitte als Schlüssel „«id»“ und als Passwort „«secret»“ eintragen.\n")
T("abroad/prose-french", "docs/notice.txt", "hard", "Utilisez la clé «laquo»\u00a0«id»\u00a0«raquo» avec le secret «laquo»\u00a0«secret»\u00a0«raquo».\n")
T("abroad/prose-japanese", "docs/setup.md", "hard", "アクセスキーは「«id»」、シークレットキーは「«secret»」です。\n")
T("abroad/prose-chinese", "docs/setup_zh.md", "hard", "请使用“«id»”作为密钥，“«secret»”作为密码。\n")
T("abroad/comment-russian", "src/config.php", "hard", "// ключ: «id», секрет: «secret» — не трогать!\n")
T("abroad/full-width-equals", "docs/kagi.txt", "hard", "キー＝«id»\n秘密＝«secret»\n")
T("abroad/full-width-pipe", "docs/kagi2.txt", "hard", "｜«id»｜«secret»｜\n")
T("abroad/ideographic-space", "docs/kagi3.txt", "hard", "«id»\u3000«secret»\n")
T("abroad/ideographic-comma", "docs/kagi4.txt", "hard", "«id»、«secret»。\n")
T("abroad/nbsp-both", "docs/nbsp.txt", "hard", "AWS_ACCESS_KEY_ID\u00a0=\u00a0«id»\nAWS_SECRET_ACCESS_KEY\u00a0=\u00a0«secret»\n")
T("abroad/narrow-nbsp", "docs/nnbsp.txt", "hard", "Access key\u202f: «id»\nSecret access key\u202f: «secret»\n")
T("abroad/rtl-marks", "docs/rtl.txt", "hard", "מפתח: \u200e«id»\u200e\nסוד: \u200e«secret»\u200e\n")
T("abroad/isolates", "docs/isolates.txt", "hard", "مفتاح \u2066«id»\u2069 سر \u2066«secret»\u2069\n")
T("abroad/zwsp-around", "docs/zwsp.txt", "hard", "Access key: \u200b«id»\u200b\nSecret access key: \u200b«secret»\u200b\n")
T("abroad/bom-inside", "docs/bom.txt", "hard", "aws_access_key_id=\ufeff«id»\naws_secret_access_key=\ufeff«secret»\n")
T("abroad/smart-quotes-low", "docs/quotes.txt", "hard", "accessKeyId: „«id»“\nsecretAccessKey: „«secret»“\n")
T("abroad/smart-single", "docs/quotes2.txt", "hard", "aws_access_key_id = ‘«id»’\naws_secret_access_key = ‘«secret»’\n")
T("abroad/prime-quotes", "docs/quotes3.txt", "hard", "Access Key ‹«id»›, Secret ‹«secret»›\n")
T("abroad/corner-brackets", "docs/quotes4.txt", "hard", "『«id»』『«secret»』\n")
T("abroad/em-dash", "docs/dash.txt", "hard", "Access key — «id»\nSecret key — «secret»\n")
T("abroad/arrow", "docs/arrow.txt", "hard", "Access key → «id»\nSecret key → «secret»\n")
T("abroad/bullets", "docs/bullets.txt", "hard", "• «id»\n• «secret»\n")
T("abroad/full-width-parens", "docs/parens.txt", "hard", "キー（«id»）シークレット（«secret»）\n")
T("abroad/python-identifiers", "src/schluessel.py", "hard", 'schlüssel = "«id»"\ngeheim = "«secret»"\n')
T("abroad/ruby-symbols", "src/cle.rb", "hard", "{ clé: '«id»', secrète: '«secret»' }\n")
T("abroad/json-escaped-labels", "src/labels.json", "hard", '{"\\u30a2\\u30af\\u30bb\\u30b9\\u30ad\\u30fc": "«id»", "\\u30b7\\u30fc\\u30af\\u30ec\\u30c3\\u30c8": "«secret»"}\n')
