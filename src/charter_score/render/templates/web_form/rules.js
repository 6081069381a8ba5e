// What a review must say by its rubric: functions over plain data that know of no page.
//
// They ask the same of a review as `charter-score check`. What each rating asks for was worked out
// from the rubric when the form was made and stands in its data; no score is computed anywhere. LIMITS
// stands before this script: charter-score's own.
//
// `form` is the data of the page. `answers` is what a reviewer has said so far:
//   final        whether the review is to be scored
//   interaction  Map of a field's name to the list of its values
//   ratings      Map of "section.criterion" to {rating, comment, evidence}, each a text, "" for none

const UNCHANGED_BY_FOLDING = "ı"; // its capital is I, whose small letter is another one

const isSpace = (sign) => sign !== "\ufeff" && (sign.trim() === "" || /[\x1c-\x1f\x85]/.test(sign));

function trimmed(text) {
  let begin = 0;
  let end = text.length;
  while (begin < end && isSpace(text[begin])) begin += 1;
  while (end > begin && isSpace(text[end - 1])) end -= 1;
  return text.slice(begin, end);
}

const saysSomething = (text) => trimmed(text) !== "";

const isLong = (text) => text.length > LIMITS.word && Array.from(text).length > LIMITS.word;

// Full case folding, sign by sign: the end of a word changes nothing.
function folded(text) {
  const fold = (sign) =>
    UNCHANGED_BY_FOLDING.includes(sign) ? sign : sign.toLowerCase().toUpperCase().toLowerCase();
  return Array.from(text.normalize("NFC"), fold).join("").normalize("NFC");
}

const isPlain = (text) => /^[\x00-\x7f]*$/.test(text);

// The form in which two values of an interaction field are equal.
function sameValue(text) {
  if (isPlain(text)) return trimmed(text.toLowerCase());
  return trimmed(isLong(text) ? text : folded(text));
}

// The form in which two spellings of one rating are equal.
function sameWord(word) {
  if (isLong(word)) return word;
  const parts = Array.from(folded(word), (sign) => (/[-_]/.test(sign) || isSpace(sign) ? " " : sign));
  return parts.join("").split(" ").filter(Boolean).join(" ");
}

function isDay(text) {
  const found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (!found) return false;
  const [year, month, day] = found.slice(1).map(Number);
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}

const DAY_AND_TIME =
  /^\s*([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?\s*(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?\s*$/i;

// A day with a time behind it as the day; any other text as it is.
const dayOf = (text) => (text.length > 100 ? null : DAY_AND_TIME.exec(text))?.[1] ?? text;

const keyOf = (section, criterion) => `${section.id}.${criterion.id}`;

const valuesOf = (answers, name) => (answers.interaction.get(name) ?? []).filter(saysSomething);

function holds(when, answers) {
  return when.every(([name, allowed]) => {
    const given = valuesOf(answers, name).map(sameValue);
    return allowed.some((value) => given.includes(sameValue(value)));
  });
}

// The condition for which a criterion does not apply to the interaction; null where it does.
function failing(section, criterion, answers) {
  if (!holds(section.when, answers)) return section.when;
  return holds(criterion.when, answers) ? null : criterion.when;
}

// Whether the review does not say yet what a condition asks.
const isOpen = (when, answers) => when.some(([name]) => valuesOf(answers, name).length === 0);

function* criteriaOf(form) {
  for (const section of form.sections) {
    for (const criterion of section.criteria) yield [section, criterion];
  }
}

const applying = (form, answers) =>
  [...criteriaOf(form)].filter(([section, criterion]) => !failing(section, criterion, answers));

// The place of a rating among those that a criterion offers: undefined where it is no rating of it,
// null where it is one that may not be given.
function placeOf(criterion, rating) {
  const word = sameWord(rating);
  return criterion.spellings.find(([spelling]) => spelling === word)?.[1];
}

const ratingOf = (answers, section, criterion) =>
  answers.ratings.get(keyOf(section, criterion)) ?? { rating: "", comment: "", evidence: "" };

// Whether a rating must be explained, and is not.
function wantsComment(criterion, own) {
  const place = own.rating === "" ? undefined : placeOf(criterion, own.rating);
  return typeof place === "number" && criterion.ratings[place].asks && !saysSomething(own.comment);
}

// Whether a rating lets a criterion with points count as observed.
function isObserved(answers, section, criterion) {
  const place = placeOf(criterion, ratingOf(answers, section, criterion).rating);
  return typeof place === "number" && criterion.ratings[place].observed;
}

// The criteria that are rated and must not be, since they do not apply.
function misplaced(form, answers) {
  return [...criteriaOf(form)].filter(([section, criterion]) => {
    const when = failing(section, criterion, answers);
    const isRated = ratingOf(answers, section, criterion).rating !== "";
    return when && isRated && (answers.final || !isOpen(when, answers));
  });
}

// Everything that `check` would call an error: its code, and the way to it through the review.
function problems(form, answers) {
  const found = [];
  const tell = (code, ...route) => found.push({ code, route });
  for (const [name, values] of answers.interaction) {
    if (values.length > LIMITS.values) tell("too-many", "interaction", name);
  }
  if (found.length === 0) interactionProblems(form, answers, tell);
  for (const [section, criterion] of misplaced(form, answers)) {
    tell("does-not-apply", "ratings", section.id, criterion.id);
  }
  for (const [section, criterion] of applying(form, answers)) {
    const own = ratingOf(answers, section, criterion);
    const route = ["ratings", section.id, criterion.id];
    const place = own.rating === "" ? undefined : placeOf(criterion, own.rating);
    if (own.rating === "") {
      if (answers.final) tell("unrated", ...route);
    } else if (place === undefined) tell("unknown-rating", ...route);
    else if (place === null) tell("na-forbidden", ...route);
    else if (wantsComment(criterion, own)) tell("comment-missing", ...route);
  }
  const isComplete = answers.final && found.length === 0;
  if (isComplete && !applying(form, answers).some((place) => isObserved(answers, ...place))) {
    tell("nothing-observed", "ratings");
  }
  return found;
}

function interactionProblems(form, answers, tell) {
  for (const day of answers.interaction.get("date") ?? []) {
    if (saysSomething(day) && !isDay(day)) tell("bad-date", "interaction", "date");
  }
  for (const field of form.fields.filter((one) => one.declared)) {
    const values = valuesOf(answers, field.name);
    if (values.length === 0) {
      if (field.required && answers.final) tell("field-required", "interaction", field.name);
      continue;
    }
    if (values.length > 1 && !field.many) tell("single-value", "interaction", field.name);
    const known = field.values.map(sameValue);
    for (const value of values) {
      if (known.length > 0 && !known.includes(sameValue(value))) {
        tell("unknown-word", "interaction", field.name);
      }
    }
  }
}

// The fields by which something applies, that the rubric does not declare and the review lacks.
const silentFields = (form, answers) =>
  form.undeclared.filter((name) => valuesOf(answers, name).length === 0);

const UNFIT = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\p{Surrogate}/u;

// Why no document could hold a text: "long", or "sign" for what is invisible and acts; else "".
function unfit(text) {
  if (UNFIT.test(text)) return "sign";
  return new TextEncoder().encode(text).length > LIMITS.text ? "long" : "";
}
