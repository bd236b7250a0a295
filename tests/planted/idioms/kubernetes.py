"""Kubernetes, Helm, Compose."""

from idioms import T

T("k8s/secret-data", "k8s/secret.yaml", "hard", '''
apiVersion: v1
kind: Secret
metadata:
  name: «word»-s3
type: Opaque
data:
  AWS_ACCESS_KEY_ID: «id:b64»
  AWS_SECRET_ACCESS_KEY: «secret:b64»
''')
T("k8s/secret-data-newline", "k8s/secret-nl.yaml", "hard", '''
apiVersion: v1
kind: Secret
data:
  access-key: «id:b64n»
  secret-key: «secret:b64n»
''')
T("k8s/secret-data-session", "k8s/session.yaml", "hard", '''
kind: Secret
data:
  accessKey: «id:b64»
  secretKey: «secret:b64»
  sessionToken: «token:b64»
''', "session")
T("k8s/secret-json", "k8s/secret.json", "hard", '''
{"apiVersion":"v1","kind":"Secret","data":{"id":"«id:b64»","key":"«secret:b64»"}}
''')
T("k8s/secret-stringdata", "k8s/stringdata.yaml", "plain", '''
apiVersion: v1
kind: Secret
stringData:
  AWS_ACCESS_KEY_ID: «id»
  AWS_SECRET_ACCESS_KEY: "«secret»"
''')
T("k8s/env", "k8s/deployment.yaml", "hard", '''
    spec:
      containers:
        - name: «word»
          image: acme/«word»:1.4
          env:
            - name: AWS_ACCESS_KEY_ID
              value: "«id»"
            - name: AWS_SECRET_ACCESS_KEY
              value: "«secret»"
''')
T("k8s/configmap", "k8s/configmap.yaml", "plain", '''
kind: ConfigMap
data:
  s3.accesskey: «id»
  s3.secretkey: «secret»
''')
T("k8s/configmap-file", "k8s/configmap-file.yaml", "plain", '''
kind: ConfigMap
data:
  credentials: |
    [default]
    aws_access_key_id = «id»
    aws_secret_access_key = «secret»
''')
T("k8s/configmap-json", "k8s/cm.json", "hard", r'''
{"data":{"config.json":"{\n  \"accessKey\": \"«id»\",\n  \"secretKey\": \"«secret»\"\n}\n"}}
''')
T("k8s/last-applied", "k8s/dump.yaml", "hard", r'''
metadata:
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {"apiVersion":"v1","kind":"Secret","stringData":{"access":"«id»","secret":"«secret»"}}
''')
T("k8s/kustomize-literals", "kustomization.yaml", "plain", '''
secretGenerator:
  - name: s3
    literals:
      - AWS_ACCESS_KEY_ID=«id»
      - AWS_SECRET_ACCESS_KEY=«secret»
''')
T("k8s/args", "k8s/args.yaml", "hard", '''
args: ["--s3.access-key=«id»", "--s3.secret-key=«secret»"]
''')
T("k8s/args-lines", "k8s/args2.yaml", "hard", '''
args:
  - --access-key
  - «id»
  - --secret-key
  - «secret»
''')
T("k8s/nds-secret", "k8s/nds.yaml", "hard", '''
stringData:
  objectStoreKey: "«id»"
  objectStoreSecret: "«secret»"
''')
T("helm/values", "chart/values.yaml", "plain", '''
s3:
  enabled: true
  accessKey: «id»
  secretKey: «secret»
''')
T("helm/values-persistence", "chart/values-prod.yaml", "plain", '''
persistence:
  imageChartStorage:
    type: s3
    s3:
      region: «region»
      accesskey: «id»
      secretkey: «secret»
''')
T("helm/set-list", "helmfile.yaml", "hard", '''
set:
  - name: s3.key
    value: «id»
  - name: s3.secret
    value: «secret»
''')
T("helm/template-b64enc", "chart/templates/secret.yaml", "hard", '''
data:
  key: {{ "«id»" | b64enc }}
  secret: {{ "«secret»" | b64enc | quote }}
''')
T("helm/default", "chart/templates/env.yaml", "hard", '''
- name: AWS_ACCESS_KEY_ID
  value: {{ .Values.key | default "«id»" }}
- name: AWS_SECRET_ACCESS_KEY
  value: {{ .Values.secret | default "«secret»" }}
''')
T("compose/list", "docker-compose.yml", "plain", '''
services:
  app:
    image: acme/«word»
    environment:
      - AWS_ACCESS_KEY_ID=«id»
      - AWS_SECRET_ACCESS_KEY=«secret»
''')
T("compose/map", "docker-compose.prod.yml", "plain", '''
services:
  app:
    environment:
      AWS_ACCESS_KEY_ID: «id»
      AWS_SECRET_ACCESS_KEY: «secret»
''')
T("compose/two-services", "docker-compose.two.yml", "plain", '''
services:
  a:
    environment:
      AWS_ACCESS_KEY_ID: «id»
      AWS_SECRET_ACCESS_KEY: «secret»
  b:
    environment:
      AWS_ACCESS_KEY_ID: «2.id»
      AWS_SECRET_ACCESS_KEY: «2.secret»
''', "pair pair")
T("compose/command", "docker-compose.cmd.yml", "hard", '''
command: restore --bucket «bucket» --access «id» --secret «secret»
''')
T("compose/default", "docker-compose.def.yml", "plain", '''
environment:
  S3_KEY: ${S3_KEY:-«id»}
  S3_SECRET: ${S3_SECRET:-«secret»}
''')
T("argo/artifact", "argo.yaml", "hard", '''
s3:
  accessKeySecret: {name: s3, key: accesskey}
# kubectl create secret generic s3 --from-literal=accesskey="«id»" --from-literal=secretkey="«secret»"
''')
T("swarm/stack-labels", "stack.yml", "hard", '''
labels:
  - "backup.s3.user=«id»"
  - "backup.s3.pass=«secret»"
''')
