//! What wire shapes have in common (contract §3.2).

mod credits;
mod limits;
mod patch;
mod whole;

pub(crate) use credits::{CreditsBody, CreditsView};
pub(crate) use limits::{LimitBody, LimitKindName, LimitScope, LimitView, PeriodName, RateKind, read_limits};
pub(crate) use patch::{Patch, patch_object, patch_objects};
pub(crate) use whole::Whole;

use crate::error::Result;
use lockwork_app::{App, Ctx};
use lockwork_model::api_keys::Lifetime;
use lockwork_model::error::Error;
use lockwork_model::page::{Order, OrderKey, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX, Page, PageRequest};
use lockwork_model::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{KnownFormat, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Whether a value is its type's zero, which answers leave out.
pub(crate) fn is_zero<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A moment, RFC 3339 on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Time(pub(crate) Timestamp);

impl From<Timestamp> for Time {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

impl PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
    }
}

impl ToSchema for Time {}

/// An answer with nothing in it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Empty {}

/// A list's query parameters.
pub(crate) struct Paging<'a> {
    /// The list's name, to which page tokens are bound.
    pub(crate) list: &'a str,
    pub(crate) page_token: Option<String>,
    pub(crate) page_size: Option<u32>,
    pub(crate) order_by: Option<String>,
    /// By what the list can be ordered.
    pub(crate) orders: &'a [(&'a str, OrderKey)],
}

/// Orders of lists whose rows have names.
pub(crate) const NAMED: &[(&str, OrderKey)] =
    &[("id", OrderKey::Id), ("createTime", OrderKey::CreateTime), ("displayName", OrderKey::DisplayName)];
/// Orders of lists whose rows have none.
pub(crate) const UNNAMED: &[(&str, OrderKey)] = &[("id", OrderKey::Id), ("createTime", OrderKey::CreateTime)];

impl Paging<'_> {
    /// The page that is asked for.
    ///
    /// # Errors
    /// 400 that names the parameter.
    pub(crate) fn request(&self, app: &App, ctx: &Ctx, default: Order) -> Result<PageRequest> {
        let size = self.page_size.unwrap_or(PAGE_SIZE_DEFAULT);
        if !(1..=PAGE_SIZE_MAX).contains(&size) {
            return Err(Error::invalid_field("pageSize", format!("must be from 1 to {PAGE_SIZE_MAX}")).into());
        }
        let order = self.order(default)?;
        Ok(app.page_request(self.list, ctx.project(), size, order, self.page_token.as_deref())?)
    }

    fn order(&self, default: Order) -> Result<Order> {
        let Some(text) = self.order_by.as_deref().filter(|text| !text.is_empty()) else { return Ok(default) };
        let (name, descending) = match text.split_once(' ') {
            None => (text, false),
            Some((name, "asc")) => (name, false),
            Some((name, "desc")) => (name, true),
            Some(_) => ("", false),
        };
        match self.orders.iter().find(|(known, _)| *known == name) {
            Some(&(_, key)) => Ok(Order { key, descending }),
            None => {
                let names: Vec<&str> = self.orders.iter().map(|(name, _)| *name).collect();
                let problem = format!("must be one of {}, with \" desc\" behind it or not", names.join(", "));
                Err(Error::invalid_field("orderBy", problem).into())
            }
        }
    }

    /// The text that leads to the page after this one; empty on the last.
    pub(crate) fn next<T>(&self, app: &App, ctx: &Ctx, order: Order, page: &Page<T>) -> String {
        let token = |cursor| app.page_token(self.list, ctx.project(), order, cursor);
        page.next.as_ref().map(token).unwrap_or_default()
    }
}

/// Declares the query parameters of a list, the paging ones among them.
macro_rules! list_query {
    (
        $(#[$doc:meta])* $name:ident of $list:literal ordered by $orders:ident {
            $($(#[$field_doc:meta])* $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(serde::Deserialize, utoipa::IntoParams)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub(crate) struct $name {
            $($(#[$field_doc])* $field: Option<$type>,)*
            /// Where the page begins: the `nextPageToken` of the page before.
            #[serde(alias = "page_token")]
            page_token: Option<String>,
            /// Rows on the page, 1 to 100; 10 if not given.
            #[serde(alias = "page_size")]
            #[param(minimum = 1, maximum = 100)]
            page_size: Option<u32>,
            /// The order, such as `createTime` or `createTime desc`.
            #[serde(alias = "order_by")]
            order_by: Option<String>,
        }

        impl $name {
            fn paging(&mut self) -> crate::wire::Paging<'static> {
                crate::wire::Paging {
                    list: $list,
                    page_token: self.page_token.take(),
                    page_size: self.page_size,
                    order_by: self.order_by.take(),
                    orders: crate::wire::$orders,
                }
            }
        }
    };
}
pub(crate) use list_query;

/// Reads an optional id of a request.
///
/// # Errors
/// 400; an empty text counts as absent, as in the contract's zero values.
pub(crate) fn optional_id<T: std::str::FromStr<Err = lockwork_model::ids::InvalidId>>(
    text: Option<String>,
) -> Result<Option<T>> {
    Ok(text.filter(|text| !text.is_empty()).map(|text| text.parse()).transpose()?)
}

/// Reads an id that must be there.
///
/// # Errors
/// 400 that names the field.
pub(crate) fn required_id<T: std::str::FromStr<Err = lockwork_model::ids::InvalidId>>(
    field: &str,
    text: Option<String>,
) -> Result<T> {
    optional_id(text)?.ok_or_else(|| Error::invalid_field(field, "is required").into())
}

/// A wrapped object that must be there (contract §3.2).
///
/// # Errors
/// 400 that names it.
pub(crate) fn required<T>(field: &str, value: Option<T>) -> Result<T> {
    value.ok_or_else(|| Error::invalid_field(field, "is required").into())
}

/// How long keys may live.
///
/// # Errors
/// 400 that names the field.
pub(crate) fn read_lifetime(field: &str, seconds: Whole) -> std::result::Result<Lifetime, Error> {
    let problem = || Error::invalid_field(field, format!("must be from 1 to {}", Lifetime::MAX_SECONDS));
    Lifetime::from_seconds(seconds.0).ok_or_else(problem)
}

/// A plain text of a change: empty means unchanged (contract §3.2).
pub(crate) fn non_empty(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}
