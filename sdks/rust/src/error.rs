/// Why there is no verdict. No variant carries a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The base URL, or that of the configuration, is not `http(s)://host[:port][/path]`.
    #[error("a base URL must be http(s)://host[:port][/path] without credentials, query or fragment")]
    InvalidBaseUrl,
    /// The Backend API key can't be sent in an HTTP header.
    #[error("the Backend API key contains characters that an HTTP header can't carry")]
    InvalidBackendApiKey,
    /// The certificate given to [`ca_certificate_pem`](crate::ClientBuilder::ca_certificate_pem) is none.
    #[error("the CA certificate is not a PEM certificate")]
    InvalidCaCertificate,
    /// TLS could not be set up, for example because the system has no root certificates.
    #[error("TLS could not be set up")]
    Tls(#[source] rustls::Error),
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be set up")]
    Setup(#[source] reqwest::Error),
    /// The key server could not be reached, or did not answer in time.
    #[error("the key server could not be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The key server answered with an error: a wrong Backend API key, an invalid permission expression, an
    /// overload, …
    #[error("the key server refused the question: {status} {message}: {description}")]
    Refused {
        /// HTTP status code.
        status: u16,
        /// The stable slug, such as `invalid_argument`; empty if the answer was not the key server's.
        message: String,
        /// What is wrong, for the developer.
        description: String,
    },
    /// The answer is not a verdict; probably something else listens there.
    #[error("the key server's answer is not a verdict")]
    InvalidAnswer,
    /// The answer is not the configuration of a project; probably something else listens there.
    #[error("the key server's answer is not the configuration of a project")]
    InvalidConfiguration,
    /// The project's configuration, which access tokens are judged by, could not be fetched; the request that tried was
    /// told why.
    #[error("the project's configuration could not be fetched")]
    NoConfiguration,
}

impl Error {
    /// Whether the same question may succeed later without a change on this side: the key server was away,
    /// overloaded or broken.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::NoConfiguration => true,
            Self::Refused { status, .. } => *status >= 500 || matches!(status, 408 | 429),
            _ => false,
        }
    }
}
