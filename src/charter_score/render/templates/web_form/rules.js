// What a review must say by its rubric: functions over plain data that know of no page.
//
// They ask the same of a review as `charter-score check`. What each rating asks for was worked out
// from the rubric when the form was made and stands in its data; no score is computed anywhere. LIMITS
// stands before this script: charter-score's own.
//
// `form` is the data of the page. `answers` is what a reviewer has said so far:
//   final        whether the review is to be scored
//   interaction  Map of a field's name to the list of its values
//   ratings      Map of "section.criterion" to {rating, comment, evidence}, each a text, "" for none,
//                and causes, a list of ids
//   whole        Map of a section's id to {rating, comment}, where it is rated in one go

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
  const spelt = criterion.spellings.find(([spelling]) => spelling === word);
  return spelt ? spelt[1] : placeInRange(criterion, rating);
}

const DECIMAL = /^(?=.)([0-9]*)(?:\.([0-9]+))?$/;

// A plain number as a whole number of its smallest unit: exact, and compared exactly.
function scaled(text) {
  const found = text.length <= LIMITS.number && DECIMAL.exec(text);
  return found ? BigInt(found[1] + (found[2] ?? "").padEnd(LIMITS.number, "0")) : undefined;
}

// The place of the part of a range in which a number lies. The first part is the lowest number.
function placeInRange(criterion, rating) {
  const number = scaled(trimmed(rating));
  const parts = criterion.ratings.filter((part) => part.up_to !== undefined);
  if (number === undefined || parts.length === 0 || number < scaled(parts[0].up_to)) return undefined;
  const place = parts.findIndex((part) => {
    const last = scaled(part.up_to);
    return number < last || (part.included && number === last);
  });
  return place < 0 ? undefined : place;
}

const BLANK = { rating: "", comment: "", evidence: "", causes: [] };

// The rating of a whole section; undefined where it is not rated in one go.
function wholeOf(answers, section) {
  const whole = answers.whole.get(section.id);
  return whole && whole.rating !== "" ? whole : undefined;
}

const ratingOf = (answers, section, criterion) => {
  const whole = wholeOf(answers, section);
  if (whole) return { ...BLANK, ...whole };
  return answers.ratings.get(keyOf(section, criterion)) ?? BLANK;
};

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
    const isRated = !wholeOf(answers, section) && ratingOf(answers, section, criterion).rating !== "";
    return when && isRated && (answers.final || !isOpen(when, answers));
  });
}

const isAbsent = (form, rating) => form.absent.includes(sameWord(rating));

// The criteria of a section that apply to the interaction.
const applyingIn = (section, answers) =>
  section.criteria.filter((criterion) => !failing(section, criterion, answers));

// The place of n/a among the ratings of a criterion; null where it is forbidden.
const absentPlace = (form, criterion) => placeOf(criterion, form.absent[0]);

const mayBeAbsent = (form, section, answers) =>
  applyingIn(section, answers).every((criterion) => absentPlace(form, criterion) !== null);

// Whether n/a for a whole section must be explained.
const wholeAsks = (form, section, answers) =>
  applyingIn(section, answers).some((criterion) => {
    const place = absentPlace(form, criterion);
    return typeof place === "number" && criterion.ratings[place].asks;
  });

// Whether a section that is rated in one go does not apply at all.
function isMisplaced(section, answers) {
  if (!wholeOf(answers, section) || applyingIn(section, answers).length > 0) return false;
  const conditions = [section.when, ...section.criteria.map((criterion) => criterion.when)];
  return answers.final || !conditions.some((when) => isOpen(when, answers));
}

function wholeProblems(form, section, answers, tell) {
  const whole = wholeOf(answers, section);
  const route = ["ratings", section.id];
  if (!isAbsent(form, whole.rating)) {
    tell("unknown-rating", ...route, "rating");
    return;
  }
  if (isMisplaced(section, answers)) tell("does-not-apply", ...route);
  if (!mayBeAbsent(form, section, answers)) tell("na-forbidden", ...route, "rating");
  if (answers.final && !saysSomething(whole.comment) && wholeAsks(form, section, answers)) {
    tell("comment-missing", ...route);
  }
}

// What is wrong with the causes beside a rating: "" for nothing, else "absent" (an error) or "nothing"
// (nothing was lost, so there is nothing that could have a cause).
function causesOfNothing(form, criterion, own) {
  const place = own.rating === "" ? undefined : placeOf(criterion, own.rating);
  if (own.causes.length === 0 || place === undefined) return "";
  if (isAbsent(form, own.rating)) return "absent";
  return criterion.ratings[place].cause ? "" : "nothing";
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
  for (const section of form.sections) {
    if (wholeOf(answers, section)) wholeProblems(form, section, answers, tell);
  }
  for (const [section, criterion] of applying(form, answers)) {
    if (wholeOf(answers, section)) continue;
    const own = ratingOf(answers, section, criterion);
    const route = ["ratings", section.id, criterion.id];
    const place = own.rating === "" ? undefined : placeOf(criterion, own.rating);
    if (own.rating === "") {
      if (answers.final) tell("unrated", ...route);
      continue;
    }
    if (own.causes.some((cause) => !form.causes.includes(cause))) tell("unknown-cause", ...route);
    if (causesOfNothing(form, criterion, own) === "absent") tell("cause-of-nothing", ...route);
    if (place === undefined) tell("unknown-rating", ...route);
    else if (place === null) tell("na-forbidden", ...route);
    else if (answers.final && wantsComment(criterion, own)) tell("comment-missing", ...route);
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
