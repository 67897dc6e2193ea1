"""JSON schemas for kubeconform, made from an API server's own OpenAPI document: one strict file a kind."""

import json

INT_OR_STRING = {"oneOf": [{"type": "string"}, {"type": "integer"}]}


def strict(name, schema):
    """As the API server checks it: no field that is not defined, null where a field may be left out."""
    if schema.get("x-kubernetes-int-or-string") or schema.get("format") == "int-or-string" or name.endswith(".IntOrString"):
        return INT_OR_STRING
    if name.endswith(".Quantity"):
        return {"oneOf": [{"type": "string"}, {"type": "number"}]}
    schema = dict(schema)
    schema.pop("format", None)  # Go's widths of numbers, which JSON Schema does not know
    if "properties" in schema:
        schema["properties"] = {k: strict("", v) for k, v in schema["properties"].items()}
        schema.setdefault("additionalProperties", False)
    for inner in ("items", "additionalProperties"):
        if isinstance(schema.get(inner), dict):
            schema[inner] = strict("", schema[inner])
    return schema


def write_schemas(openapi, directory):
    """Writes GROUP-VERSION-KIND.json, all in lower case, beside the definitions they refer to."""
    definitions = {name: strict(name, schema) for name, schema in openapi["definitions"].items()}
    for name, schema in openapi["definitions"].items():
        for kind in schema.get("x-kubernetes-group-version-kind", []):
            group = kind["group"] or kind["version"]  # kubeconform's name for the group that has none
            file = directory / f"{group}-{kind['version']}-{kind['kind']}.json".lower()
            reachable = reach(definitions, name)
            file.write_text(json.dumps({"$ref": f"#/definitions/{name}", "definitions": reachable}))


def reach(definitions, name):
    """The definitions that one leads to."""
    found, todo = {}, [name]
    while todo:
        name = todo.pop()
        if name not in found:
            found[name] = definitions[name]
            todo += [r.removeprefix("#/definitions/") for r in references(definitions[name])]
    return found


def references(schema):
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref" and isinstance(value, str):
                yield value
            else:
                yield from references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from references(value)
