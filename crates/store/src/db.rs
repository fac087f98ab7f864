//! The narrow waist between repositories and drivers: plain SQL in, rows out, on either database.

use crate::error::StoreError;
use sqlx::query::{Query, QueryAs};
use sqlx::{Database, Encode, FromRow, Postgres, Sqlite, Type, postgres::PgRow, sqlite::SqliteRow};

pub(crate) type Result<T, E = StoreError> = std::result::Result<T, E>;

/// An SQL text: one for both databases, or one each where a test proves that one cannot do.
#[derive(Clone, Copy, Debug)]
pub struct Sql {
    /// For SQLite.
    pub sqlite: &'static str,
    /// For PostgreSQL.
    pub postgres: &'static str,
}

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Self { sqlite: text, postgres: text }
    }
}

/// A read before a write of the same row. PostgreSQL must be told to keep others from writing in between; SQLite has
/// one writer anyway.
macro_rules! for_update {
    ($text:expr) => {
        crate::db::Sql { sqlite: $text, postgres: concat!($text, " FOR UPDATE") }
    };
}
pub(crate) use for_update;

/// A value that can be bound on both databases.
pub trait Param:
    for<'q> Encode<'q, Sqlite> + Type<Sqlite> + for<'q> Encode<'q, Postgres> + Type<Postgres> + Send + 'static
{
}
impl<T> Param for T where
    T: for<'q> Encode<'q, Sqlite>
        + Type<Sqlite>
        + for<'q> Encode<'q, Postgres>
        + Type<Postgres>
        + Send
        + 'static
{
}

/// A row that can be decoded on both databases.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A driver's query that takes values in order.
pub trait Bind<DB: Database>: Sized {
    #[doc(hidden)]
    fn push<T: for<'q> Encode<'q, DB> + Type<DB> + Send + 'static>(self, value: T) -> Self;
}
impl<DB: Database> Bind<DB> for Query<'static, DB, DB::Arguments> {
    fn push<T: for<'q> Encode<'q, DB> + Type<DB> + Send + 'static>(self, value: T) -> Self {
        self.bind(value)
    }
}
impl<DB: Database, O> Bind<DB> for QueryAs<'static, DB, O, DB::Arguments> {
    fn push<T: for<'q> Encode<'q, DB> + Type<DB> + Send + 'static>(self, value: T) -> Self {
        self.bind(value)
    }
}

/// A tuple of [`Param`]s.
pub trait Params: Send {
    #[doc(hidden)]
    fn bind_sqlite<Q: Bind<Sqlite>>(self, query: Q) -> Q;
    #[doc(hidden)]
    fn bind_postgres<Q: Bind<Postgres>>(self, query: Q) -> Q;
}

macro_rules! params {
    ($($name:ident)*) => {
        #[expect(non_snake_case, reason = "the tuple's type names double as its variables")]
        impl<$($name: Param),*> Params for ($($name,)*) {
            fn bind_sqlite<Q: Bind<Sqlite>>(self, query: Q) -> Q { let ($($name,)*) = self; query$(.push($name))* }
            fn bind_postgres<Q: Bind<Postgres>>(self, query: Q) -> Q { let ($($name,)*) = self; query$(.push($name))* }
        }
    };
}
params!(A);
params!(A B);
params!(A B C);
params!(A B C D);
params!(A B C D E);
params!(A B C D E F);
params!(A B C D E F G);
params!(A B C D E F G H);
params!(A B C D E F G H I);
params!(A B C D E F G H I J);
params!(A B C D E F G H I J K);
params!(A B C D E F G H I J K L);
params!(A B C D E F G H I J K L M);
params!(A B C D E F G H I J K L M N);
params!(A B C D E F G H I J K L M N O);
params!(A B C D E F G H I J K L M N O P);
params!(A B C D E F G H I J K L M N O P R);
params!(A B C D E F G H I J K L M N O P R S);
params!(A B C D E F G H I J K L M N O P R S T);
params!(A B C D E F G H I J K L M N O P R S T U);
params!(A B C D E F G H I J K L M N O P R S T U V);
params!(A B C D E F G H I J K L M N O P R S T U V W);
params!(A B C D E F G H I J K L M N O P R S T U V W X);
params!(A B C D E F G H I J K L M N O P R S T U V W X Y);
params!(A B C D E F G H I J K L M N O P R S T U V W X Y Z);

impl Params for () {
    fn bind_sqlite<Q: Bind<Sqlite>>(self, query: Q) -> Q {
        query
    }
    fn bind_postgres<Q: Bind<Postgres>>(self, query: Q) -> Q {
        query
    }
}

/// What a connection and a transaction have in common: reading.
#[expect(async_fn_in_trait, reason = "implemented and used in this crate only, always on Send futures")]
pub trait Queries: Send {
    #[doc(hidden)]
    async fn fetch_optional<R: Row>(
        &mut self,
        sql: impl Into<Sql> + Send,
        params: impl Params,
    ) -> Result<Option<R>>;
    #[doc(hidden)]
    async fn fetch_all<R: Row>(&mut self, sql: impl Into<Sql> + Send, params: impl Params) -> Result<Vec<R>>;
}

/// A connection for reading.
pub enum Conn {
    /// SQLite.
    Sqlite(sqlx::pool::PoolConnection<Sqlite>),
    /// PostgreSQL.
    Postgres(sqlx::pool::PoolConnection<Postgres>),
}

/// A transaction's connection.
pub(crate) enum RawTx {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

macro_rules! queries {
    ($type:ty) => {
        impl Queries for $type {
            async fn fetch_optional<R: Row>(
                &mut self,
                sql: impl Into<Sql> + Send,
                params: impl Params,
            ) -> Result<Option<R>> {
                let sql = sql.into();
                Ok(match self {
                    Self::Sqlite(inner) => {
                        params.bind_sqlite(sqlx::query_as(sql.sqlite)).fetch_optional(&mut **inner).await?
                    }
                    Self::Postgres(inner) => {
                        params
                            .bind_postgres(sqlx::query_as(sql.postgres))
                            .fetch_optional(&mut **inner)
                            .await?
                    }
                })
            }

            async fn fetch_all<R: Row>(
                &mut self,
                sql: impl Into<Sql> + Send,
                params: impl Params,
            ) -> Result<Vec<R>> {
                let sql = sql.into();
                Ok(match self {
                    Self::Sqlite(inner) => {
                        params.bind_sqlite(sqlx::query_as(sql.sqlite)).fetch_all(&mut **inner).await?
                    }
                    Self::Postgres(inner) => {
                        params.bind_postgres(sqlx::query_as(sql.postgres)).fetch_all(&mut **inner).await?
                    }
                })
            }
        }
    };
}
queries!(Conn);
queries!(RawTx);

impl RawTx {
    pub(crate) async fn execute(&mut self, sql: impl Into<Sql>, params: impl Params) -> Result<u64> {
        let sql = sql.into();
        Ok(match self {
            Self::Sqlite(inner) => {
                params.bind_sqlite(sqlx::query(sql.sqlite)).execute(&mut **inner).await?.rows_affected()
            }
            Self::Postgres(inner) => {
                params.bind_postgres(sqlx::query(sql.postgres)).execute(&mut **inner).await?.rows_affected()
            }
        })
    }

    pub(crate) async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(inner) => inner.commit().await?,
            Self::Postgres(inner) => inner.commit().await?,
        }
        Ok(())
    }
}
