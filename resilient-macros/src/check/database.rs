//! An external call that holds a database transaction, or a connection beside a client. Types are read as tokens,
//! so only what can be nothing else counts: a bare `Transaction` may also be a block chain's.

use std::collections::HashMap;

use syn::visit::{self, Visit};
use syn::{
    FnArg, GenericArgument, GenericParam, Generics, Path, PathArguments, PathSegment, Type,
    TypeImplTrait, TypeParamBound, TypePath, WherePredicate,
};

use super::{Errors, Stack, Target};
use crate::stack::last_segment;

/// Crates whose `Transaction` is a database's.
const CRATES: &[&str] = &[
    "sqlx",
    "sqlx_core",
    "sqlx_postgres",
    "sqlx_mysql",
    "sqlx_sqlite",
    "sea_orm",
    "tokio_postgres",
    "deadpool_postgres",
    "postgres",
    "mysql_async",
    "rusqlite",
];
/// Names that no other crate gives its types.
const TRANSACTIONS: &[&str] = &[
    "PgTransaction",
    "MySqlTransaction",
    "SqliteTransaction",
    "DatabaseTransaction",
];
const CONNECTIONS: &[&str] = &[
    "PgConnection",
    "MySqlConnection",
    "SqliteConnection",
    "AnyConnection",
    "AsyncPgConnection",
    "AsyncMysqlConnection",
    "MysqlConnection",
    "DatabaseConnection",
    "DbConn",
    "PgPool",
    "MySqlPool",
    "SqlitePool",
    "AnyPool",
];
/// Generic types that are a database's when one of these is their argument.
const DATABASES: &[&str] = &["Postgres", "MySql", "Sqlite", "Mssql"];
/// Traits of sqlx and sea-orm that connections and transactions implement.
const EXECUTORS: &[&str] = &[
    "PgExecutor",
    "MySqlExecutor",
    "SqliteExecutor",
    "ConnectionTrait",
];

const REMEDIES: &str = "the call before the transaction begins, or after its commit from an outbox table that a worker empties; `allow(in_transaction)` if it must be inside; `#[database]` if the function calls no other service";

/// The call waits for a service while the transaction holds its locks and its connection.
pub(super) fn call_inside_a_transaction(stack: &Stack, target: &Target, errors: &mut Errors) {
    if stack.policies.database.is_some() || stack.common.allows("in_transaction") {
        return;
    }
    let found = Found::in_arguments(target);
    for path in &found.transactions {
        errors.over(
            path,
            "an external call that takes a database transaction",
            "locks and a connection are held until the service answers, so a slow service empties the pool; and when the answer is lost, rolling back does not undo what the service did",
            REMEDIES,
        );
    }
    if !found.clients || !found.transactions.is_empty() {
        return;
    }
    for path in &found.connections {
        errors.over(
            path,
            "an external call that takes a database connection beside the service's client",
            "the connection is held until the service answers, so a slow service empties the pool; and every repeat of the call repeats the work in the database",
            "the call in a function of its own, and the database before or after it; `allow(in_transaction)` if both belong together; `#[database]` if the function calls no other service",
        );
    }
}

/// What the arguments of one function are certain to be.
#[derive(Default)]
struct Found {
    transactions: Vec<Path>,
    connections: Vec<Path>,
    clients: bool,
    /// The bounds of the function's type parameters.
    bounds: HashMap<String, Vec<Path>>,
}

impl Found {
    fn in_arguments(target: &Target) -> Self {
        let mut found = Self {
            bounds: bounds(&target.sig.generics),
            ..Self::default()
        };
        for input in &target.sig.inputs {
            if let FnArg::Typed(typed) = input {
                found.visit_type(&typed.ty);
            }
        }
        found
    }

    fn is_database(&self, ty: &Type) -> bool {
        let Type::Path(TypePath {
            qself: None, path, ..
        }) = ty
        else {
            return false;
        };
        let name = last_segment(path);
        let generic = path
            .get_ident()
            .and_then(|ident| self.bounds.get(&ident.to_string()));
        let of_a_crate = path.segments.len() > 1 && CRATES.contains(&first_segment(path).as_str());
        of_a_crate
            || DATABASES.contains(&name.as_str())
            || generic.is_some_and(|bounds| bounds.iter().any(|it| last_segment(it) == "Database"))
    }

    /// Whether one of the type's arguments is a database.
    fn of_a_database(&self, segment: &PathSegment) -> bool {
        arguments(segment).any(|argument| match argument {
            GenericArgument::Type(ty) => self.is_database(ty),
            _ => false,
        })
    }

    fn path(&mut self, path: &Path) {
        let Some(last) = path.segments.last() else {
            return;
        };
        let name = last.ident.to_string();
        let known_crate = path.segments.len() > 1 && CRATES.contains(&first_segment(path).as_str());
        let known = |names: &[&str]| names.contains(&name.as_str());
        if known(TRANSACTIONS)
            || (name == "Transaction" && (known_crate || self.of_a_database(last)))
        {
            self.transactions.push(path.clone());
        } else if known(CONNECTIONS)
            || (matches!(name.as_str(), "Pool" | "PoolConnection")
                && (known_crate || self.of_a_database(last)))
        {
            self.connections.push(path.clone());
        } else if is_client(path, last) {
            self.clients = true;
        } else if let Some(bounds) = path
            .get_ident()
            .and_then(|it| self.bounds.get(&it.to_string()))
        {
            if bounds.iter().any(is_executor) {
                self.connections.push(path.clone());
            }
        }
    }
}

impl<'ast> Visit<'ast> for Found {
    fn visit_type_path(&mut self, ty: &'ast TypePath) {
        self.path(&ty.path);
        visit::visit_type_path(self, ty);
    }

    fn visit_type_impl_trait(&mut self, ty: &'ast TypeImplTrait) {
        let executors = paths(&ty.bounds).filter(is_executor);
        self.connections.extend(executors);
    }
}

/// sqlx's `Executor` says its database; other executors run futures.
fn is_executor(path: &Path) -> bool {
    let Some(last) = path.segments.last() else {
        return false;
    };
    let of_sqlx = path.segments.len() > 1 && first_segment(path) == "sqlx";
    let says_database = arguments(last).any(
        |argument| matches!(argument, GenericArgument::AssocType(pair) if pair.ident == "Database"),
    );
    let name = last.ident.to_string();
    EXECUTORS.contains(&name.as_str())
        || (matches!(name.as_str(), "Executor" | "Acquire") && (of_sqlx || says_database))
}

/// A client of another service: reqwest's, a tonic channel, a generated client over one.
fn is_client(path: &Path, last: &PathSegment) -> bool {
    let name = last.ident.to_string();
    let first = first_segment(path);
    let qualified = path.segments.len() > 1;
    match name.as_str() {
        "Client" | "RequestBuilder" => {
            qualified && matches!(first.as_str(), "reqwest" | "hyper_util")
        }
        "ClientWithMiddleware" => true,
        "Channel" => qualified && first == "tonic",
        name => {
            name.ends_with("Client")
                && arguments(last).any(|argument| match argument {
                    GenericArgument::Type(Type::Path(ty)) => last_segment(&ty.path) == "Channel",
                    _ => false,
                })
        }
    }
}

fn first_segment(path: &Path) -> String {
    let first = path.segments.first();
    first
        .map(|segment| segment.ident.to_string())
        .unwrap_or_default()
}

fn arguments(segment: &PathSegment) -> impl Iterator<Item = &GenericArgument> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(arguments.args.iter()),
        _ => None,
    };
    arguments.into_iter().flatten()
}

fn paths<'a>(bounds: impl IntoIterator<Item = &'a TypeParamBound>) -> impl Iterator<Item = Path> {
    bounds.into_iter().filter_map(|bound| match bound {
        TypeParamBound::Trait(bound) => Some(bound.path.clone()),
        _ => None,
    })
}

fn bounds(generics: &Generics) -> HashMap<String, Vec<Path>> {
    let mut all: HashMap<String, Vec<Path>> = HashMap::new();
    for param in &generics.params {
        if let GenericParam::Type(param) = param {
            all.entry(param.ident.to_string())
                .or_default()
                .extend(paths(&param.bounds));
        }
    }
    let predicates = generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates);
    for predicate in predicates {
        if let WherePredicate::Type(predicate) = predicate {
            if let Type::Path(ty) = &predicate.bounded_ty {
                if let Some(param) = ty.path.get_ident() {
                    all.entry(param.to_string())
                        .or_default()
                        .extend(paths(&predicate.bounds));
                }
            }
        }
    }
    all
}
