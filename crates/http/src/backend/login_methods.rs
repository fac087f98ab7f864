//! The nine `logInWith…` fields that projects and organizations share.

use lockwork_model::projects::LoginMethod;

/// Declares a response with the nine switches; [`with_login_methods`] fills them.
macro_rules! view_with_login_methods {
    ($(#[$meta:meta])* $name:ident as $schema:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(serde::Serialize, utoipa::ToSchema)]
        #[serde(rename_all = "camelCase")]
        #[schema(as = $schema)]
        pub(crate) struct $name {
            $($(#[$field_meta])* $field: $type,)*
            log_in_with_google: bool,
            log_in_with_microsoft: bool,
            log_in_with_github: bool,
            log_in_with_email: bool,
            log_in_with_password: bool,
            log_in_with_saml: bool,
            log_in_with_oidc: bool,
            log_in_with_authenticator_app: bool,
            log_in_with_passkey: bool,
        }
    };
}
pub(crate) use view_with_login_methods;

/// A value of such a response, its switches as in this set.
macro_rules! with_login_methods {
    ($methods:expr, $name:ident { $($field:ident $(: $value:expr)?,)* }) => {{
        use lockwork_model::projects::LoginMethod;
        let has = |method| lockwork_model::projects::LoginMethods::has($methods, method);
        $name {
            $($field $(: $value)?,)*
            log_in_with_google: has(LoginMethod::Google),
            log_in_with_microsoft: has(LoginMethod::Microsoft),
            log_in_with_github: has(LoginMethod::Github),
            log_in_with_email: has(LoginMethod::Email),
            log_in_with_password: has(LoginMethod::Password),
            log_in_with_saml: has(LoginMethod::Saml),
            log_in_with_oidc: has(LoginMethod::Oidc),
            log_in_with_authenticator_app: has(LoginMethod::AuthenticatorApp),
            log_in_with_passkey: has(LoginMethod::Passkey),
        }
    }};
}
pub(crate) use with_login_methods;

/// Declares a request with the nine switches.
macro_rules! request_with_login_methods {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "camelCase")]
        pub(crate) struct $name {
            $($(#[$field_meta])* $field: $type,)*
            #[serde(alias = "log_in_with_google")]
            log_in_with_google: Option<bool>,
            #[serde(alias = "log_in_with_microsoft")]
            log_in_with_microsoft: Option<bool>,
            #[serde(alias = "log_in_with_github")]
            log_in_with_github: Option<bool>,
            #[serde(alias = "log_in_with_email")]
            log_in_with_email: Option<bool>,
            #[serde(alias = "log_in_with_password")]
            log_in_with_password: Option<bool>,
            #[serde(alias = "log_in_with_saml")]
            log_in_with_saml: Option<bool>,
            #[serde(alias = "log_in_with_oidc")]
            log_in_with_oidc: Option<bool>,
            #[serde(alias = "log_in_with_authenticator_app")]
            log_in_with_authenticator_app: Option<bool>,
            #[serde(alias = "log_in_with_passkey")]
            log_in_with_passkey: Option<bool>,
        }

        impl $name {
            /// The switches that the request names.
            fn login_methods(&self) -> lockwork_model::projects::LoginMethodChanges {
                crate::backend::login_methods::changes([
                    self.log_in_with_google,
                    self.log_in_with_microsoft,
                    self.log_in_with_github,
                    self.log_in_with_email,
                    self.log_in_with_password,
                    self.log_in_with_saml,
                    self.log_in_with_oidc,
                    self.log_in_with_authenticator_app,
                    self.log_in_with_passkey,
                ])
            }
        }
    };
}
pub(crate) use request_with_login_methods;

/// The switches that are given, in the order of [`LoginMethod::ALL`].
pub(crate) fn changes(given: [Option<bool>; 9]) -> Vec<(LoginMethod, bool)> {
    LoginMethod::ALL.into_iter().zip(given).filter_map(|(method, enabled)| Some((method, enabled?))).collect()
}
