//! Which words of a text name AWS, one of its services or one of its regions.

/// Words that count as they stand.
const WHOLE: [&[u8]; 11] = [
    b"aws", b"s3", b"s3a", b"s3n", b"s3fs", b"ses", b"sqs", b"boto", b"boto3", b"dynamo", b"amzn",
];
/// Words that count inside of longer ones, too.
const INSIDE: [&[u8]; 7] = [
    b"amazon",
    b"cloudfront",
    b"cloudwatch",
    b"dynamodb",
    b"kinesis",
    b"redshift",
    b"route53",
];
/// Names of services that count in the label of a value: as words they may be anything.
const IN_LABELS: [&str; 19] = [
    "athena",
    "bedrock",
    "cognito",
    "ecr",
    "ecs",
    "eks",
    "iam",
    "kms",
    "lambda",
    "lightsail",
    "polly",
    "rekognition",
    "sagemaker",
    "secretsmanager",
    "sns",
    "sts",
    "textract",
    "transcribe",
    "translate",
];
/// The middle of a region's name.
const SIDES: [&[u8]; 9] = [
    b"north",
    b"south",
    b"east",
    b"west",
    b"central",
    b"northeast",
    b"northwest",
    b"southeast",
    b"southwest",
];

/// True if a word of the text is a name of AWS. What stands in a host's name says where something
/// runs, but for the name of S3.
pub(super) fn name_aws(text: &[u8]) -> bool {
    let mut runs = text.split(|b| !b.is_ascii_alphanumeric());
    runs.any(|run| {
        let lower = run.to_ascii_lowercase();
        let inside = |word: &&[u8]| memchr::memmem::find(&lower, word).is_some();
        (lower != b"amazonaws" && INSIDE.iter().any(inside)) || words(run).any(is_whole)
    })
}

/// True if a label names AWS or one of its services.
pub(super) fn label_names_aws(label: &[u8]) -> bool {
    name_aws(label) || has_one_of(label, &IN_LABELS)
}

fn is_whole(word: &[u8]) -> bool {
    WHOLE.iter().any(|whole| word.eq_ignore_ascii_case(whole))
}

/// True for `eu-central-1` and the like.
pub(super) fn is_region(text: &[u8]) -> bool {
    let mut parts = text.split(|b| *b == b'-');
    let area = parts.next().unwrap_or_default();
    let mut next = parts.next();
    if matches!(next, Some(b"gov" | b"iso" | b"isob")) {
        next = parts.next();
    }
    let number = parts.next().unwrap_or_default();
    area.len() == 2
        && area.iter().all(u8::is_ascii_lowercase)
        && next.is_some_and(|side| SIDES.contains(&side))
        && matches!(number, [b'1'..=b'9'])
        && parts.next().is_none()
}

/// True for what has the length and the alphabet of an access key ID, but not its beginning: other
/// servers that speak S3's language give such names.
pub(super) fn is_id_of_another(run: &[u8]) -> bool {
    run.len() == 20
        && run
            .iter()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && !run.starts_with(b"AKIA")
        && !run.starts_with(b"ASIA")
}

/// True if one of the words stands in the text, in any case.
pub(super) fn has_one_of(name: &[u8], list: &[&str]) -> bool {
    let mut runs = name.split(|b| !b.is_ascii_alphanumeric());
    let is_one = |word: &[u8]| list.iter().any(|w| word.eq_ignore_ascii_case(w.as_bytes()));
    runs.any(|run| words(run).any(is_one))
}

/// The words of a run of letters and digits: `AmazonS3Client` has three. Digits belong to the letters
/// before them, unlike in stems: `s3`, `route53`.
pub(super) fn words(run: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = run;
    std::iter::from_fn(move || {
        let end = (1..rest.len()).find(|at| begins_word(rest, *at));
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        (!word.is_empty()).then_some(word)
    })
}

fn begins_word(run: &[u8], at: usize) -> bool {
    run[at].is_ascii_uppercase()
        && (!run[at - 1].is_ascii_uppercase()
            || run.get(at + 1).is_some_and(u8::is_ascii_lowercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_aws() {
        for text in [
            "aws",
            "AWS_SES",
            "myAwsKeys",
            "new AmazonS3Client",
            "s3fs.S3FileSystem",
            "AWSSecret",
            "route53",
            "DynamoDBClient",
            "https://s3.amazonaws.com/x",
        ] {
            assert!(name_aws(text.as_bytes()), "{text}");
        }
        for text in [
            "draws",
            "users3",
            "sessions",
            "db.abc.eu-west-1.rds.amazonaws.com",
            "processes",
            "Essence",
            "laws3",
        ] {
            assert!(!name_aws(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn regions() {
        for text in [
            "us-east-1",
            "eu-central-2",
            "us-gov-west-1",
            "ap-southeast-4",
        ] {
            assert!(is_region(text.as_bytes()), "{text}");
        }
        for text in [
            "us-east1",
            "eastus",
            "us-east-1a",
            "a-north-1",
            "en-us-1",
            "",
        ] {
            assert!(!is_region(text.as_bytes()), "{text}");
        }
    }
}
