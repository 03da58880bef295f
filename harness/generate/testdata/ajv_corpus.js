// Judges values of drawn schemas, one schema a line, and exits with 1 where ajv disagrees.
const fs = require("fs");
const readline = require("readline");
const Ajv = require("ajv");
const Ajv2020 = require("ajv/dist/2020");
const addFormats = require("ajv-formats");

// From OpenAPI's words to JSON Schema's. What is read only is in no request: it is taken
// from what must be there.
function convert(s, old, resolve) {
  if (Array.isArray(s)) return s.map((one) => convert(one, old, resolve));
  if (s === null || typeof s !== "object") return s;
  if (typeof s.$ref === "string" && old) return { $ref: s.$ref.replace("#/components/schemas/", "#/$defs/") };
  const out = {};
  for (const [key, value] of Object.entries(s)) {
    if (["nullable", "discriminator", "readOnly", "writeOnly", "example", "examples", "xml", "externalDocs", "deprecated", "default", "$id", "$anchor", "$schema", "description", "title"].includes(key) || key.startsWith("x-")) continue;
    if (key === "enum" || key === "const" || key === "required") out[key] = value;
    else if (["properties", "patternProperties", "$defs", "dependentSchemas"].includes(key)) out[key] = Object.fromEntries(Object.entries(value).map(([n, p]) => [n, convert(p, old, resolve)]));
    else if (key === "$ref") out[key] = value.replace("#/components/schemas/", "#/$defs/");
    else if (["allOf", "anyOf", "oneOf", "items", "prefixItems", "not", "additionalProperties", "if", "then", "else", "contains", "propertyNames", "unevaluatedProperties", "unevaluatedItems"].includes(key)) out[key] = convert(value, old, resolve);
    else out[key] = value;
  }
  if (Array.isArray(s.required)) {
    const names = s.required.filter((name) => !readOnly((s.properties || {})[name], resolve, 0));
    if (names.length > 0) out.required = names; else delete out.required;
  }
  if (old && s.nullable === true && typeof s.type === "string") out.type = [s.type, "null"];
  for (const bound of ["Minimum", "Maximum"]) {
    const exclusive = "exclusive" + bound, plain = bound.toLowerCase();
    if (typeof out[exclusive] !== "boolean") continue;
    if (out[exclusive] && plain in out) { out[exclusive] = out[plain]; delete out[plain]; } else delete out[exclusive];
  }
  return out;
}

function readOnly(s, resolve, depth) {
  if (!s || typeof s !== "object" || depth > 8) return false;
  if (s.readOnly === true) return true;
  if (typeof s.$ref === "string") return readOnly(resolve(s.$ref), resolve, depth + 1);
  return (s.allOf || []).some((one) => readOnly(one, resolve, depth + 1));
}

let schemas = 0, values = 0, inexact = 0, wrong = 0;
const left = {};
const lines = readline.createInterface({ input: fs.createReadStream(process.argv[2]) });
lines.on("line", (line) => {
  const one = JSON.parse(line), old = one.version.startsWith("3.0");
  const components = one.components || {};
  const resolve = (ref) => components[decodeURIComponent(ref.replace("#/components/schemas/", "")).replace(/~1/g, "/").replace(/~0/g, "~")];
  let validate;
  try {
    const ajv = new (old ? Ajv : Ajv2020)({ strict: false, allErrors: false, logger: false });
    addFormats(ajv);
    const text = JSON.stringify([one.schema, components]);
    if (text.includes('"discriminator"')) throw new Error("a discriminator, which ajv reads as a hint");
    const defs = Object.fromEntries(Object.entries(components).map(([n, s]) => [n, convert(s, old, resolve)]));
    validate = ajv.compile({ allOf: [convert(one.schema, old, resolve)], $defs: defs });
  } catch (error) {
    const why = String(error.message).replace(/["'`\/#].*/s, "…").slice(0, 80);
    left[why] = (left[why] || 0) + 1;
    return;
  }
  schemas++;
  for (const v of one.values) {
    if (!v.exact) { inexact++; continue; }
    values++;
    if (validate(v.value) === v.valid) continue;
    wrong++;
    if (wrong <= 60) console.log(`${one.name}: ${v.name}: ${v.valid ? "invalid" : "valid"} for ajv: ${JSON.stringify(v.value).slice(0, 300)} ${JSON.stringify(validate.errors || []).slice(0, 400)}`);
  }
});
lines.on("close", () => {
  console.log(`${schemas} schemas and ${values} values judged by ajv, ${inexact} values with numbers that it does not read exactly, ${wrong} disagreements`);
  for (const [why, n] of Object.entries(left)) console.log(`${n} schemas not judged by ajv: ${why}`);
  process.exit(wrong === 0 ? 0 : 1);
});
