// JSON documents: read so that nothing is lost, and written again.
//
// A mapping is a Map in the order of the document, so that no key means anything to the browser. What
// is no text stays a `Bare` with its own spelling: 1.0 stays 1.0.

const inWords = (number) => number.toLocaleString("en");
const tooLarge = () => `the file is larger than ${LIMITS.bytes / 1_000_000} MB`;
const tooLong = () => `longer than ${LIMITS.text / 1024} KB`;

class Bare {
  constructor(source) {
    this.source = source;
  }
}

class ReadError extends Error {
  constructor(message, text, at) {
    const before = text.slice(0, at).split(/\r\n?|\n/);
    super(`line ${before.length}, column ${before.at(-1).length + 1}: ${message}`);
  }
}

// The value of a JSON text. Throws a ReadError at the first place where it is none.
function read(text) {
  let at = 0;
  let nodes = 0;
  const stop = (message, place = at) => {
    throw new ReadError(message, text, place);
  };
  const skip = () => {
    while (at < text.length && " \t\r\n".includes(text[at])) at += 1;
  };
  const string = () => {
    const begin = at;
    for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === "\\") at += 1;
    at += 1;
    if (at > text.length) stop("this text is never closed", begin);
    let found = "";
    try {
      found = JSON.parse(text.slice(begin, at));
    } catch {
      stop("this text holds a line break, a tab or an escape that JSON does not know", begin);
    }
    const why = unfit(found);
    if (why === "long") stop(`this text is ${tooLong()}`, begin);
    if (why) stop("this text holds a control character or half of a character", begin);
    return found;
  };
  const bare = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null/y;
  const scalar = () => {
    if (text[at] === '"') return string();
    bare.lastIndex = at;
    const found = bare.exec(text);
    if (!found) stop(at < text.length ? "a value is wanted here" : "the document ends too early");
    at += found[0].length;
    if (/[\w.]/.test(text[at] ?? "")) stop("this is no value of JSON");
    return new Bare(found[0]);
  };
  const key = (container) => {
    if (text[at] !== '"') stop("a key between double quotes is wanted here");
    const begin = at;
    const name = string().normalize("NFC");
    if (!name) stop("a key is empty", begin);
    if (Array.from(name).length > LIMITS.key)
      stop(`a key is longer than ${inWords(LIMITS.key)} characters`, begin);
    if (container.has(name)) stop("this key stands twice in one mapping", begin);
    skip();
    if (text[at] !== ":") stop("a colon is missing after this key");
    at += 1;
    skip();
    return name;
  };

  const open = [];
  let result;
  let name;
  const place = (value) => {
    const container = open.at(-1);
    if (!container) result = value;
    else if (Array.isArray(container)) container.push(value);
    else container.set(name, value);
  };
  skip();
  for (;;) {
    if ((nodes += 1) > LIMITS.nodes) stop(`there are more than ${inWords(LIMITS.nodes)} values`);
    const sign = text[at];
    const isOpening = sign === "{" || sign === "[";
    const value = sign === "{" ? new Map() : sign === "[" ? [] : scalar();
    place(value);
    if (isOpening) {
      if (open.length >= LIMITS.depth) stop(`it is nested more than ${LIMITS.depth} deep`);
      open.push(value);
      at += 1;
    }
    skip();
    if (isOpening && text[at] !== (sign === "{" ? "}" : "]")) {
      if (sign === "{") name = key(value);
      continue;
    }
    while (open.length > 0) {
      const container = open.at(-1);
      const closing = Array.isArray(container) ? "]" : "}";
      if (text[at] === closing) {
        open.pop();
        at += 1;
        skip();
        continue;
      }
      if (text[at] !== ",") stop(`a comma or ${closing} is wanted here`);
      at += 1;
      skip();
      if (text[at] === closing) stop("a comma stands before this and nothing after it");
      if (closing === "}") name = key(container);
      break;
    }
    if (open.length === 0) break;
  }
  if (at < text.length) stop("the document has ended before this");
  return result;
}

// The text of a document as UTF-8. Throws an Error where it is none.
function decoded(bytes) {
  if (bytes.byteLength > LIMITS.bytes) throw new Error(tooLarge());
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error("the file is no UTF-8 text");
  }
  const at = text.search(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/);
  if (at >= 0) throw new ReadError("an invisible character stands here", text, at);
  return text;
}

// A value as JSON that people can read: what is short stands on one line.
function written(value, indent = "") {
  if (typeof value === "string") return quoted(value);
  if (value instanceof Bare) return value.source;
  const isList = Array.isArray(value);
  const inner = `${indent}  `;
  const parts = isList
    ? value.map((item) => written(item, inner))
    : [...value].map(([name, item]) => `${quoted(name)}: ${written(item, inner)}`);
  const [opening, closing] = isList ? "[]" : "{}";
  const line = `${opening}${parts.join(", ")}${closing}`;
  const isFlat = parts.length > 0 && indent.length >= 4 && line.length <= 90 && !line.includes("\n");
  if (parts.length === 0 || isFlat) return line;
  return `${opening}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${closing}`;
}

// What no document may hold as it is, such as U+2028, is escaped.
const quoted = (text) =>
  JSON.stringify(text).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
