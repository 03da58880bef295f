// Judges the cases in a file with ajv and exits with 1 where it disagrees.
const fs = require("fs");
const Ajv = require("ajv");
const addFormats = require("ajv-formats");

// From OpenAPI 3.0's words to JSON Schema's: nullable, boolean exclusive bounds,
// references, readOnly properties that no request must have, and the discriminator
// as a constant in each branch.
function convert(s) {
  if (Array.isArray(s)) return s.map(convert);
  if (s === null || typeof s !== "object") return s;
  const out = {};
  for (const [key, value] of Object.entries(s)) {
    if (["nullable", "discriminator", "readOnly", "writeOnly", "example"].includes(key)) continue;
    if (key === "enum" || key === "default" || key === "required") out[key] = value;
    else if (key === "properties") out[key] = Object.fromEntries(Object.entries(value).map(([n, p]) => [n, convert(p)]));
    else if (key === "$ref") out[key] = value.replace("#/components/schemas/", "#/$defs/");
    else out[key] = convert(value);
  }
  if (s.required && s.properties) out.required = s.required.filter((name) => !(s.properties[name] || {}).readOnly);
  if (s.nullable && s.type) out.type = [s.type, "null"];
  for (const bound of ["Minimum", "Maximum"]) {
    const exclusive = "exclusive" + bound, plain = bound.toLowerCase();
    if (typeof out[exclusive] !== "boolean") continue;
    if (out[exclusive]) { out[exclusive] = out[plain]; delete out[plain]; } else delete out[exclusive];
  }
  if (s.discriminator) {
    for (const list of ["oneOf", "anyOf"]) {
      if (!s[list]) continue;
      out[list] = s[list].map((branch) => {
        const words = Object.entries(s.discriminator.mapping || {}).filter(([, ref]) => ref === branch.$ref).map(([word]) => word);
        return { allOf: [convert(branch), { properties: { [s.discriminator.propertyName]: { enum: words } } }] };
      });
    }
  }
  return out;
}

const cases = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const compiled = new Map();
let wrong = 0;
for (const c of cases) {
  const key = JSON.stringify([c.schema, c.components]);
  if (!compiled.has(key)) {
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats(ajv);
    const schema = convert(c.schema);
    const defs = Object.fromEntries(Object.entries(c.components || {}).map(([n, s]) => [n, convert(s)]));
    compiled.set(key, ajv.compile({ ...schema, $defs: defs }));
  }
  const validate = compiled.get(key);
  if (validate(c.value) !== c.valid) {
    wrong++;
    console.log(`${c.name}: ${JSON.stringify(c.value)} is ${c.valid ? "invalid" : "valid"} for ajv`, validate.errors);
  }
}
console.log(`${cases.length} cases, ${compiled.size} schemas, ${wrong} disagreements`);
process.exit(wrong === 0 ? 0 : 1);
