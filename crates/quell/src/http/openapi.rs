//! The OpenAPI document, made from the table of routes. `docs/openapi.json` is its committed copy; a test compares them.

use crate::http::problem::Problem;
use crate::http::routes::{self, Access, Operation, Route};
use axum::Json;
use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// `GET /v1/openapi.json`
pub async fn document() -> Json<Value> {
    Json(build())
}

/// The document.
pub fn build() -> Value {
    let mut generator = SchemaSettings::draft2020_12().with(|s| s.definitions_path = "/components/schemas".into()).into_generator();
    let problem = generator.subschema_for::<Problem>();
    let mut paths = Map::new();
    for route in routes::all() {
        let mut item = Map::new();
        for op in route.operations {
            item.insert(op.method.into(), operation(route, op, &mut generator, &json!(problem)));
        }
        paths.insert(route.path.into(), Value::Object(item));
    }
    let schemas = generator.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Quell",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "One door, one book, many windows. Times are RFC 3339 with offset. Errors are problem details (RFC 9457); 'Accept-Language: zh' gives them in Chinese. Lists are paged by key: pass 'next' as 'after'.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

fn operation(route: &Route, op: &Operation, g: &mut SchemaGenerator, problem: &Value) -> Value {
    let params: Vec<Value> = route
        .params
        .iter()
        .map(|p| {
            let in_path = route.path.contains(&format!("{{{}}}", p.name));
            json!({ "name": p.name, "in": if in_path { "path" } else { "query" }, "required": in_path, "description": p.about, "schema": { "type": "string" } })
        })
        .collect();
    let answer = match op.gives {
        Some(gives) => json!({ "description": "done", "content": content(gives(g)) }),
        None => json!({ "description": "done" }),
    };
    let mut o = json!({
        "summary": op.summary,
        "operationId": format!("{}{}", op.method, route.path.replace(['/', '{', '}', '.'], "_")),
        "parameters": params,
        "responses": { "200": answer, "default": { "description": "a problem", "content": { "application/problem+json": { "schema": problem } } } },
    });
    if let Some(takes) = op.takes {
        o["requestBody"] = json!({ "required": true, "content": content(takes(g)) });
    }
    match route.access {
        Access::Public => {}
        Access::Account | Access::AccountOrPeer => o["security"] = json!([{ "token": [] }]),
        Access::Roles(roles) => {
            o["security"] = json!([{ "token": [] }]);
            o["x-roles"] = json!(roles);
        }
    }
    o
}

/// A body by its schema: JSON, or what the schema says it is.
fn content(schema: Schema) -> Value {
    let kind = schema.get("contentMediaType").and_then(Value::as_str).unwrap_or("application/json").to_owned();
    json!({ kind: { "schema": schema } })
}
