// The page: what stands in its controls, what it tells, and the file that it opens and saves.
//
// `opened` is the document that was opened. What of it the form does not show, or nobody changed,
// goes back into the file as it was.

const form = JSON.parse(document.getElementById("form-data").textContent);
const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const show = (element, isShown) => {
  element.hidden = !isShown;
};
const counted = (number, singular, plural = `${singular}s`) =>
  `${number} ${number === 1 ? singular : plural}`;

let opened = new Map();
let fileName = "";
let keptUnseen = 0; // what the file says that the form cannot show
let isDirty = false;
let lastFocus = null;

// Controls. Each reads and writes its part of the page; `set` says whether it can show the value.

const texts = new Map(all("[data-text]").map((element) => [element.dataset.text, element]));
const lists = new Map(all("[data-list]").map((element) => [element.dataset.list, element]));
const fields = all("[data-field]");
const criteria = [...criteriaOf(form)].map(([section, criterion]) => {
  const element = document.getElementById(`rate-${section.id}.${criterion.id}`);
  return { section, criterion, element, key: keyOf(section, criterion) };
});
const wholes = form.sections.map((section) => ({
  section,
  element: document.getElementById(`whole.${section.id}`),
}));
const placesByKey = new Map(criteria.map((place) => [place.key, place]));
const statusControl = one("#status");

const MOST_ROWS = 1000; // a longer list is kept as it is and not shown

function addRow(list) {
  const row = one("template", list.parentElement).content.firstElementChild.cloneNode(true);
  list.append(row);
  return row;
}

function renumber(list) {
  all(":scope > li", list).forEach((row, index) => {
    all("[data-part]", row).forEach((control) => {
      const part = control.dataset.name ? `, ${control.dataset.name}` : "";
      control.setAttribute("aria-label", `${list.dataset.title} ${index + 1}${part}`);
    });
    one("[data-remove]", row).setAttribute("aria-label", `Remove ${list.dataset.title} ${index + 1}`);
  });
}

const rowsOf = (list) =>
  all(":scope > li", list)
    .map((row) => {
      const parts = all("[data-part]", row).map((control) => [control.dataset.part, control.value]);
      return { source: row.source, parts };
    })
    .filter(({ source, parts }) => source || parts.some(([, text]) => saysSomething(text)));

function setRows(list, rows) {
  list.replaceChildren();
  for (const { source, parts } of rows) {
    const row = addRow(list);
    row.source = source;
    for (const [part, text] of parts) {
      one(`[data-part="${part}"]`, row).value = text;
    }
  }
  if (rows.length === 0) addRow(list);
  renumber(list);
}

// Whether a control can show a text: a field of one line shows no line breaks, a day no other text.
function canShow(control, text) {
  if (control.tagName === "SELECT") return [...control.options].some(({ value }) => value === text);
  if (control.type === "date") return text === "" || isDay(text);
  return control.tagName !== "INPUT" || !/[\r\n]/.test(text);
}

function fieldValues(element) {
  const field = form.fields[Number(element.dataset.field)];
  const select = one("select", element);
  if (select) return select.value === "" ? [] : [field.values[Number(select.value)]];
  const list = one("[data-list]", element);
  if (list) return rowsOf(list).map(({ parts }) => parts[0][1]);
  const ticks = all("input[type=checkbox]", element);
  if (ticks.length > 0) {
    return ticks.filter((tick) => tick.checked).map((tick) => field.values[Number(tick.value)]);
  }
  const { value } = one("input", element);
  return saysSomething(value) ? [value] : [];
}

function setField(element, values) {
  const field = form.fields[Number(element.dataset.field)];
  const known = field.values.map(sameValue);
  const places = values.map((value) => known.indexOf(sameValue(value)));
  const select = one("select", element);
  const list = one("[data-list]", element);
  const ticks = all("input[type=checkbox]", element);
  const input = one("input", element);
  if (select) {
    const fits = values.length <= 1 && !places.includes(-1);
    select.value = fits && places.length > 0 ? String(places[0]) : "";
    return fits;
  }
  if (list) {
    const fits = values.every((value) => !/[\r\n]/.test(value));
    setRows(list, fits ? values.map((value) => ({ parts: [["value", value]] })) : []);
    return fits;
  }
  if (ticks.length > 0) {
    const fits = !places.includes(-1);
    for (const tick of ticks) tick.checked = fits && places.includes(Number(tick.value));
    return fits;
  }
  const value = values[0] ?? "";
  input.type = input.dataset.type === "date" && (value === "" || isDay(value)) ? "date" : "text";
  const fits = values.length <= 1 && !/[\r\n]/.test(value);
  input.value = fits ? value : "";
  return fits;
}

// What a file says where the control cannot show it: kept as it is until somebody chooses anew.

function hold(element, shown) {
  element.held = true;
  const note = one("[data-held]", element);
  one("[data-held-text]", note).textContent = shown.slice(0, 200) || "something that is no text";
  element.loaded = null; // whatever is chosen from here on is a change
  show(note, true);
}

function release(element) {
  if (!element.held) return;
  element.held = false;
  element.heldValue = null;
  show(one("[data-held]", element), false);
}

// What the reviewer has said so far.

function answersOf(status = statusControl.value) {
  const interaction = new Map(
    fields.map((element) => {
      const values = element.heldValue ?? fieldValues(element);
      return [form.fields[Number(element.dataset.field)].name, values];
    }),
  );
  for (const [name, values] of otherFields()) interaction.set(name, values);
  const ratings = new Map(criteria.map((place) => [place.key, ownRating(place)]));
  const isScored = form.statuses.some(([word, scored]) => word === status && scored);
  // What a model drafted is a draft until a reviewer stands for it.
  const isUnread =
    saysSomething(textIn(opened.get("drafted_by")) ?? "") && !saysSomething(texts.get("reviewer").value);
  return {
    final: isScored && !isUnread,
    interaction,
    ratings,
    whole: new Map(wholes.map((place) => [place.section.id, ownWhole(place)])),
  };
}

const ownWhole = ({ element }) => ({
  rating: element.heldValue ?? (one("[data-whole-tick]", element).checked ? form.absent[0] : ""),
  comment: one("[data-part=comment]", element).value,
});

function ownRating({ criterion, element }) {
  const chosen = one("input[type=radio]:checked", element);
  const number = trimmed(one("[data-number]", element)?.value ?? "");
  return {
    rating: element.heldValue ?? (chosen ? criterion.ratings[Number(chosen.value)].word : number),
    causes: all("[data-cause]:checked", element).map(({ value }) => value),
    comment: one("[data-part=comment]", element).value,
    evidence: one("[data-part=evidence]", element).value,
  };
}

// Fields of the interaction that a file has and the rubric does not ask for.
function otherFields() {
  const given = opened.get("interaction");
  if (!(given instanceof Map)) return [];
  const asked = new Set(form.fields.map((field) => field.name));
  return [...given].filter(([name]) => !asked.has(name)).map(([name, raw]) => [name, valuesIn(raw) ?? []]);
}

// The ratings that do not go into the file, since nothing may be rated that does not apply: their keys
// and titles. While a field says what the rubric does not know, it cannot be said what applies.
function leftOut(answers) {
  const unsure = new Set(
    fields
      .filter((element) => element.held)
      .map((element) => form.fields[Number(element.dataset.field)].name),
  );
  const leaving = misplaced(form, answers).filter(
    ([section, criterion]) => !failing(section, criterion, answers).some(([name]) => unsure.has(name)),
  );
  const isUnsure = (section) =>
    [section, ...section.criteria].some(({ when }) => when.some(([name]) => unsure.has(name)));
  const sections = form.sections.filter((section) => isMisplaced(section, answers) && !isUnsure(section));
  return new Map([
    ...leaving.map(([section, criterion]) => [
      keyOf(section, criterion),
      `${section.title}: ${criterion.title}`,
    ]),
    ...sections.map((section) => [section.id, section.title]),
  ]);
}

// Telling.

function refresh() {
  const answers = answersOf();
  const asFinal = { ...answers, final: true };
  const missing = problems(form, asFinal).filter(({ code }) => code !== "does-not-apply");
  const leaving = leftOut(answers);
  let rated = 0;
  let total = 0;
  for (const { section, criterion, element, key } of criteria) {
    const when = failing(section, criterion, answers);
    const whole = wholeOf(answers, section);
    const own = ratingOf(answers, section, criterion);
    const isRated = own.rating !== "" && typeof placeOf(criterion, own.rating) === "number";
    const asks = !when && !whole && isRated && criterion.ratings[placeOf(criterion, own.rating)].asks;
    const isDue = asks && wantsComment(criterion, own);
    show(element, !when && !whole);
    const causes = one("[data-causes]", element);
    if (causes) {
      const why = causesOfNothing(form, criterion, own);
      const mayHave = isRated && criterion.ratings[placeOf(criterion, own.rating)].cause;
      show(causes, mayHave || own.causes.length > 0);
      const aside = one("[data-causes-of-nothing]", causes);
      aside.textContent = ` (nothing was ${why === "absent" ? "missed" : "lost"}: take the ticks out)`;
      show(aside, why !== "");
    }
    const note = document.getElementById(`${element.id}-not`);
    if (note) {
      show(note, when !== null && when === criterion.when && !whole);
      show(one("[data-left-out]", note), leaving.has(key));
    }
    element.classList.toggle("rated", isRated);
    show(one("[data-clear]", element), own.rating !== "");
    show(one("[data-asks]", element), asks);
    one("[data-asks]", element).classList.toggle("due", isDue);
    one("[data-part=comment]", element).setAttribute("aria-required", String(asks));
    total += when ? 0 : 1;
    rated += !when && isRated ? 1 : 0;
  }
  for (const { section, element } of wholes) {
    const whole = wholeOf(answers, section);
    const asks = whole !== undefined && isAbsent(form, whole.rating) && wholeAsks(form, section, answers);
    const some = applyingIn(section, answers).length > 0;
    show(element, whole !== undefined || (some && mayBeAbsent(form, section, answers)));
    show(one("[data-whole-words]", element), whole !== undefined);
    show(one("[data-whole-aside]", element), whole !== undefined && saysMore(section, answers));
    show(one("[data-asks]", element), asks);
    one("[data-asks]", element).classList.toggle("due", asks && !saysSomething(whole.comment));
    one("[data-part=comment]", element).setAttribute("aria-required", String(asks));
    const note = document.getElementById(`section-${section.id}-not`);
    if (note) show(note, !holds(section.when, answers));
  }
  const comments = missing.filter(({ code }) => code === "comment-missing").length;
  const required = missing.filter(({ code }) => code === "field-required").length;
  const others = missing.filter(({ code }) => !COUNTED_APART.has(code)).length;
  const due = [
    comments && `${counted(comments, "comment")} still needed`,
    required && `${counted(required, "answer")} about the interaction still needed`,
    others && `${counted(others, "answer")} to mend`,
  ].filter(Boolean);
  one("[data-rated]").textContent = `${rated} of ${total} rated`;
  one("[data-due]").textContent = due.map((told) => `; ${told}`).join("");
  one("progress").max = Math.max(total, 1);
  one("progress").value = rated;
  show(one("[data-next]"), missing.length > 0);
  listMissing(missing, answers, leaving);
  return { total, missing };
}

// Whether something stands beside the criteria of a section.
const saysMore = (section, answers) =>
  section.criteria.some((criterion) => {
    const own = answers.ratings.get(keyOf(section, criterion));
    return own.rating !== "" || own.causes.length > 0 || saysSomething(own.comment + own.evidence);
  });

const TOLD = {
  unrated: "not rated yet",
  "comment-missing": "needs a comment",
  "field-required": "is required",
  "bad-date": "is no day of the calendar: year-month-day is wanted",
  "unknown-word": "has a value that this rubric does not know",
  "single-value": "takes one value",
  "too-many": `has more than ${LIMITS.values} values`,
  "unknown-rating": "has a rating that is none of its own",
  "na-forbidden": "always applies: n/a is not allowed",
  "unknown-cause": "has a cause that this rubric does not know",
  "cause-of-nothing": "is n/a, which has no cause: take the ticks out",
};

const NOTHING_OBSERVED =
  "Every criterion with points is n/a, so there is nothing to score. Is it the right interaction?";

const COUNTED_APART = new Set(["unrated", "comment-missing", "field-required"]);

// Where a problem is mended: the words for it, and the control.
function placeOfProblem({ code, route }) {
  if (code === "nothing-observed") {
    const shown = criteria.find(({ element }) => !element.hidden);
    return { title: NOTHING_OBSERVED, target: shown?.element ?? one("#interaction") };
  }
  if (route[0] === "interaction") {
    const index = form.fields.findIndex((field) => field.name === route[1]);
    const title = index < 0 ? route[1] : form.fields[index].title;
    return { title, target: fields[index] ?? one("#interaction") };
  }
  const place = placesByKey.get(`${route[1]}.${route[2]}`);
  const parts = {
    "comment-missing": "[data-part=comment]",
    "unknown-cause": "[data-cause]:checked",
    "cause-of-nothing": "[data-cause]:checked",
  };
  if (!place) {
    const { section, element } = wholes.find((whole) => whole.section.id === route[1]);
    return { title: section.title, target: one(parts[code] ?? "[data-whole-tick]", element) };
  }
  const part = parts[code] ?? "[data-number], input[type=radio]";
  return { title: `${place.section.title}: ${place.criterion.title}`, target: one(part, place.element) };
}

function listMissing(missing, answers, leaving) {
  const items = missing.map((problem) => {
    const { title, target } = placeOfProblem(problem);
    const item = document.createElement("li");
    const link = document.createElement("a");
    const name = document.createElement("bdi");
    name.textContent = title;
    link.href = `#${target.closest("[id]").id}`;
    link.append(name, ` ${TOLD[problem.code] ?? ""}`);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      focusOn(target);
    });
    item.append(link);
    return item;
  });
  one("[data-missing]").replaceChildren(...items);
  show(one("[data-missing]"), items.length > 0);
  show(one("[data-complete]"), items.length === 0);
  show(one("[data-still-draft]"), statusControl.value === "draft");
  const silent = silentFields(form, answers);
  const told = [
    leaving.size > 0 &&
      `${counted(leaving.size, "rating")} will be left out of the file, since ${leaving.size === 1 ? "its criterion does" : "their criteria do"} not apply as the interaction stands.`,
    silent.length > 0 && `Part of this rubric applies only by ${silent.join(", ")}, which is not given.`,
    keptUnseen > 0 &&
      "The file says more than this form can show, and it stays there: charter-score check tells whether it is right.",
  ].filter(Boolean);
  one("[data-aside]").textContent = told.join(" ");
  show(one("[data-aside]"), told.length > 0);
}

function focusOn(target) {
  const control = target.matches("input, select, textarea, button, [tabindex]")
    ? target
    : one("input:not([hidden]), select, textarea", target);
  control?.focus();
  (target.closest("fieldset") ?? target).scrollIntoView({ block: "nearest" });
}

let spoken = 0;

// What a person who listens is told, once typing rests.
function speak(text) {
  clearTimeout(spoken);
  spoken = setTimeout(() => {
    one("[data-live]").textContent = text;
  }, 500);
}

const progressText = () => one("[data-rated]").textContent + one("[data-due]").textContent;

function say(title, lines, { focus = true, isWrong = false } = {}) {
  const box = one("[data-message]");
  box.classList.toggle("wrong", isWrong);
  one("[data-message-title]").textContent = title;
  const items = lines.map((line) => {
    const item = document.createElement("li");
    item.textContent = line;
    return item;
  });
  one("[data-message-lines]").replaceChildren(...items);
  show(one("[data-message-lines]"), items.length > 0);
  for (const button of all("[data-as-draft], [data-see-missing]")) show(button, false);
  show(box, true);
  if (focus) box.focus();
}

// Opening.

const isNothing = (raw) => raw === undefined || (raw instanceof Bare && raw.source === "null");

// The text of a value: undefined where it is none. A name may be a number, a text may not.
const textIn = (raw) => (isNothing(raw) ? "" : typeof raw === "string" ? raw : undefined);
const nameIn = (raw) => (raw instanceof Bare && !isNothing(raw) ? raw.source : textIn(raw));

function listIn(raw) {
  if (isNothing(raw)) return [];
  if (!Array.isArray(raw) || raw.length > MOST_ROWS) return undefined;
  return raw.every((item) => typeof item === "string") ? raw : undefined;
}

// The values of a field; of too many, one more than there may be.
function valuesIn(raw, name = "") {
  if (isNothing(raw)) return [];
  const values = (Array.isArray(raw) ? raw.slice(0, LIMITS.values + 1) : [raw]).map(nameIn);
  if (values.includes(undefined)) return undefined;
  return name === "date" ? values.map(dayOf) : values;
}

function actionsIn(raw) {
  if (isNothing(raw)) return [];
  if (!Array.isArray(raw) || raw.length > MOST_ROWS) return undefined;
  if (!raw.every((item) => item instanceof Map)) return undefined;
  const rows = raw.map((item) => ({
    source: item,
    parts: ["what", "who", "by"].map((part) => [part, textIn(item.get(part))]),
  }));
  return rows.some(({ parts }) => parts.some(([, text]) => text === undefined)) ? undefined : rows;
}

// What a rating of a file says, in a word or at length; a part that is no text is blank and a misfit.
function ratedIn(raw) {
  const isLongForm = raw instanceof Map;
  const parts = {
    rating: nameIn(isLongForm ? raw.get("rating") : raw),
    comment: isLongForm ? textIn(raw.get("comment")) : "",
    evidence: isLongForm ? textIn(raw.get("evidence")) : "",
  };
  const causes = listIn(isLongForm ? raw.get("causes") : undefined);
  const cannotTick = causes === undefined || (causes.length > 0 && form.causes.length === 0);
  const isMisfit = cannotTick || Object.values(parts).includes(undefined);
  const [rating, comment, evidence] = Object.values(parts).map((text) => text ?? "");
  return { rating, comment, evidence, causes: cannotTick ? [] : causes, isMisfit };
}

// What a file says of a section in one go; undefined where it rates its criteria one by one.
function wholeIn(raw) {
  if (raw instanceof Map) return raw.has("rating") ? ratedIn(raw) : undefined;
  return saysSomething(nameIn(raw) ?? "") ? ratedIn(raw) : undefined;
}

// Tick the causes of a rating; one that the rubric does not know gets a box of its own.
function setCauses(element, causes) {
  const box = one("[data-causes] .ticks", element);
  if (!box) return;
  all("[data-extra]", box).forEach((label) => label.remove());
  for (const cause of new Set(causes.filter((id) => !form.causes.includes(id)))) {
    const label = box.firstElementChild.cloneNode(true);
    label.dataset.extra = "";
    one("input", label).value = cause;
    one("bdi", label).textContent = cause;
    box.append(label);
  }
  for (const tick of all("[data-cause]", box)) tick.checked = causes.includes(tick.value);
  element.loadedCauses = JSON.stringify(all("[data-cause]:checked", box).map(({ value }) => value));
}

// Why a document is no review of this form's rubric; "" where it is one.
function refusal(value) {
  if (!(value instanceof Map)) return "This is no review: a mapping with ratings is wanted.";
  const schema = value.get("schema");
  if (typeof schema === "string" && schema.startsWith("charter-score/")) {
    return "This is another document of charter-score, not a review.";
  }
  if (value.has("sections")) return "This is a rubric, not a review.";
  const ratings = value.get("ratings");
  if (!isNothing(ratings) && !(ratings instanceof Map)) {
    return "The ratings of this review are no mapping of sections.";
  }
  if (!value.has("ratings") && !value.has("rubric")) return "This is no review: it has no ratings.";
  const named = textIn(value.get("rubric"));
  if (named === undefined) return "The name of this review's rubric is no text.";
  if (!isOurRubric(named)) {
    return `This review was made by another rubric. This form is for ${form.name}: open the review in a form of its own rubric.`;
  }
  return "";
}

const isPath = (name) => name.includes("/") || /\.(?:ya?ml|json)$/.test(name);

function isOurRubric(named) {
  if (named === "" || named === form.reference) return true;
  if (isPath(named))
    return !isPath(form.reference) || named.split("/").at(-1) === form.reference.split("/").at(-1);
  return named === form.name || named === form.id;
}

function openReview(value, name) {
  const told = [];
  opened = value;
  fileName = name;
  const kept = (title) =>
    told.push(`${title}: what the file says cannot be shown here; it is kept as it is.`);
  for (const [key, control] of texts) {
    const written = (key === "id" ? nameIn : textIn)(value.get(key));
    const text = key === "selection" && written ? sameWord(written) : written;
    const isShown = text !== undefined && canShow(control, text);
    if (!isShown) kept(control.dataset.title);
    control.value = isShown ? text : "";
    control.loaded = control.value;
  }
  for (const [key, list] of lists) {
    if (list.closest("[data-field]")) continue;
    const raw = value.get(key);
    const items = listIn(raw)?.map((text) => ({ parts: [["value", text]] }));
    const rows = key === "actions" ? actionsIn(raw) : items;
    if (rows === undefined) kept(list.dataset.title);
    setRows(list, rows ?? []);
    list.loaded = JSON.stringify(rowsOf(list));
  }
  openStatus(value.get("status"), kept);
  openInteraction(value.get("interaction"), kept);
  openRatings(value.get("ratings"), told, kept);
  grow(all("textarea"));
  keptUnseen = told.length;
  refresh();
  isDirty = false;
  return told;
}

function openStatus(raw, kept) {
  all("option[data-extra]", statusControl).forEach((option) => option.remove());
  const text = opened.size === 0 ? "draft" : textIn(raw);
  const word = text === "" ? "final" : sameWord(text ?? "");
  const known = form.statuses.find(([status]) => status === word)?.[0];
  if (known && !one(`option[value="${known}"]`, statusControl)) {
    const option = new Option(known, known);
    option.dataset.extra = "";
    statusControl.append(option);
  }
  if (!known) kept("Status");
  statusControl.value = known ?? "draft";
  statusControl.loaded = known ? (isNothing(raw) ? "" : known) : statusControl.value;
}

function openInteraction(given, kept) {
  if (!isNothing(given) && !(given instanceof Map)) kept("The interaction");
  for (const element of fields) {
    const field = form.fields[Number(element.dataset.field)];
    const raw = given instanceof Map ? given.get(field.name) : undefined;
    const values = valuesIn(raw, field.name)?.filter(saysSomething);
    release(element);
    const isShown = (values ?? []).length <= LIMITS.values && setField(element, values ?? []);
    if (values === undefined || !isShown) {
      setField(element, []);
      element.heldValue = values ?? [];
      hold(element, (values ?? []).slice(0, 10).join(", "));
      if (values === undefined) kept(field.title);
    } else element.loaded = JSON.stringify(fieldValues(element));
  }
}

function openRatings(given, told, kept) {
  const ratings = given instanceof Map ? given : new Map();
  for (const place of criteria) {
    const { section, criterion, element } = place;
    const rated = ratings.get(section.id);
    const raw = rated instanceof Map && !wholeIn(rated) ? rated.get(criterion.id) : undefined;
    const own = ratedIn(raw);
    const index = own.rating === "" ? undefined : placeOf(criterion, own.rating);
    release(element);
    if (own.isMisfit) kept(`${section.title}: ${criterion.title}`);
    for (const radio of all("input[type=radio]", element)) radio.checked = radio.value === String(index);
    const number = one("[data-number]", element);
    const isNumber = typeof index === "number" && criterion.ratings[index].up_to !== undefined;
    if (number) number.value = isNumber ? trimmed(own.rating) : "";
    setCauses(element, own.causes);
    for (const part of ["comment", "evidence"]) {
      const control = one(`[data-part=${part}]`, element);
      if (!canShow(control, own[part])) kept(`${section.title}: ${criterion.title}`);
      control.value = own[part];
      control.loaded = control.value;
    }
    if (own.rating !== "" && typeof index !== "number") {
      element.heldValue = own.rating;
      hold(element, own.rating);
    } else element.loaded = ownRating(place).rating;
  }
  for (const place of wholes) {
    const whole = wholeIn(ratings.get(place.section.id)) ?? { ...BLANK, isMisfit: false };
    const { element } = place;
    const isTicked = isAbsent(form, whole.rating);
    release(element);
    if (whole.isMisfit) kept(place.section.title);
    one("[data-whole-tick]", element).checked = isTicked;
    one("[data-part=comment]", element).value = whole.comment;
    if (whole.rating !== "" && !isTicked) {
      element.heldValue = whole.rating;
      hold(element, whole.rating);
    }
    element.loaded = JSON.stringify(ownWhole(place));
  }
  const names = new Map(
    form.sections.map((section) => [section.id, new Set(section.criteria.map(({ id }) => id))]),
  );
  const unknown = [...ratings].flatMap(([section, rated]) => {
    if (!names.has(section)) return [section];
    if (wholeIn(rated)) return [];
    if (!(rated instanceof Map)) return isNothing(rated) ? [] : [section];
    return [...rated.keys()].filter((id) => !names.get(section).has(id));
  });
  if (unknown.length > 0) {
    told.push(
      `${counted(unknown.length, "entry", "entries")} under its ratings this rubric does not know or this form cannot show; they are kept as they are.`,
    );
  }
}

// Saving.

const copied = (value) =>
  value instanceof Map
    ? new Map([...value].map(([name, item]) => [name, copied(item)]))
    : Array.isArray(value)
      ? value.map(copied)
      : value;

function put(mapping, name, value) {
  if (value === undefined) mapping.delete(name);
  else mapping.set(name, value);
}

const textOrNone = (text) => (saysSomething(text) ? text : undefined);
const listOrNone = (items) => (items.length > 0 ? items : undefined);

function documentOf(status) {
  const review = copied(opened);
  if (!saysSomething(textIn(review.get("rubric")) ?? "")) review.set("rubric", form.reference);
  for (const key of ["id", "status", "advisor", "reviewer", "team", "reviewed", "selection"]) {
    if (key === "status") {
      if (status !== statusControl.loaded) review.set("status", status);
    } else putText(review, key);
  }
  putInteraction(review);
  putRatings(review, status);
  for (const key of ["done_well", "could_be_better"]) putRows(review, key);
  putText(review, "notes");
  putRows(review, "actions");
  return review;
}

function putText(review, key) {
  const control = texts.get(key);
  const isBlank = isNothing(review.get(key));
  if (control.value !== control.loaded || isBlank) put(review, key, textOrNone(control.value));
}

function putRows(review, key) {
  const list = lists.get(key);
  const rows = rowsOf(list);
  if (JSON.stringify(rows) === list.loaded && !isNothing(review.get(key))) return;
  const items = rows.map(({ source, parts }) => {
    if (key !== "actions") return textOrNone(parts[0][1]);
    const action = new Map(source ? copied(source) : []);
    for (const [part, text] of parts) put(action, part, textOrNone(text));
    return action.size > 0 ? action : undefined;
  });
  put(review, key, listOrNone(items.filter((item) => item !== undefined)));
}

function putInteraction(review) {
  const given = review.get("interaction");
  const isMapping = given instanceof Map;
  const interaction = isMapping ? given : new Map();
  let isChanged = false;
  for (const element of fields) {
    const field = form.fields[Number(element.dataset.field)];
    const values = fieldValues(element);
    const isSame = JSON.stringify(values) === element.loaded && !isNothing(interaction.get(field.name));
    if (element.held || isSame || (values.length === 0 && !interaction.has(field.name))) continue;
    const isOne = values.length === 1 && (!field.many || typeof interaction.get(field.name) === "string");
    put(interaction, field.name, isOne ? values[0] : listOrNone(values));
    isChanged = true;
  }
  if (isChanged || isMapping)
    put(review, "interaction", interaction.size > 0 || isMapping ? interaction : undefined);
}

function putRatings(review, status) {
  const answers = answersOf(status);
  const leaving = leftOut(answers);
  const ratings = review.get("ratings") instanceof Map ? review.get("ratings") : new Map();
  for (const section of form.sections) {
    const raw = ratings.get(section.id);
    const place = wholes.find((whole) => whole.section === section);
    if (leaving.has(section.id)) {
      ratings.delete(section.id);
      continue;
    }
    if (wholeOf(answers, section)) {
      if (JSON.stringify(ownWhole(place)) !== place.element.loaded || !wholeIn(raw))
        ratings.set(section.id, wholeEntry(place, raw));
      continue;
    }
    const wasWhole = wholeIn(raw) !== undefined;
    if (wasWhole && JSON.stringify(ownWhole(place)) !== place.element.loaded) ratings.delete(section.id);
    const rated = raw instanceof Map && !wasWhole ? raw : new Map();
    for (const criterion of section.criteria) {
      const key = keyOf(section, criterion);
      const entry = leaving.has(key) ? undefined : entryOf(placesByKey.get(key), rated.get(criterion.id));
      put(rated, criterion.id, entry);
    }
    // What stands there and is no mapping of ratings stays until something is rated.
    if (rated.size > 0) ratings.set(section.id, rated);
  }
  review.set("ratings", ratings);
}

// A section in one go as it goes into the file.
function wholeEntry(place, raw) {
  const { rating, comment } = ownWhole(place);
  const said = [["rating", rating], ...(saysSomething(comment) ? [["comment", comment]] : [])];
  if (!(raw instanceof Map) || !wholeIn(raw)) return said.length > 1 ? new Map(said) : rating;
  const entry = new Map(raw);
  if (!isAbsent(form, nameIn(raw.get("rating")) ?? "")) entry.set("rating", rating);
  if (comment !== (textIn(raw.get("comment")) ?? "")) put(entry, "comment", textOrNone(comment));
  return entry;
}

// A rating as it goes into the file: a word, or what is said beside it too.
function entryOf(place, raw) {
  const { element } = place;
  const own = ownRating(place);
  const comment = one("[data-part=comment]", element);
  const evidence = one("[data-part=evidence]", element);
  const isRatingSame = element.held || own.rating === element.loaded;
  const changed = [comment, evidence].filter((control) => control.value !== control.loaded);
  const areCausesSame = JSON.stringify(own.causes) === (element.loadedCauses ?? "[]");
  if (raw !== undefined && isRatingSame && changed.length === 0 && areCausesSame) return raw;
  if (isNothing(raw) || !(raw instanceof Map)) {
    const said = [
      ["rating", own.rating],
      ["comment", own.comment],
      ["evidence", own.evidence],
    ];
    const kept = said.filter(([, text]) => saysSomething(text));
    if (own.causes.length > 0) kept.push(["causes", own.causes]);
    if (kept.length === 1 && kept[0][0] === "rating") return own.rating;
    return kept.length > 0 ? new Map(kept) : undefined;
  }
  const entry = new Map(raw);
  if (!isRatingSame) put(entry, "rating", own.rating || undefined);
  for (const control of changed) put(entry, control.dataset.part, textOrNone(control.value));
  if (!areCausesSame) put(entry, "causes", listOrNone(own.causes));
  return entry.size > 0 ? entry : undefined;
}

function nameForFile() {
  if (fileName) return fileName;
  const id = texts
    .get("id")
    .value.normalize("NFC")
    .replace(/[^\p{L}\p{N}._-]+/gu, "-");
  const name = id.replace(/^[.-]+|[.-]+$/g, "").slice(0, 100);
  return name ? `${name}.json` : form.file;
}

function save(status = statusControl.value) {
  const { missing } = refresh();
  const answers = answersOf(status);
  const about = missing.length > 0 && answers.final;
  if (about) {
    say(`Not complete yet: ${counted(missing.length, "thing")} missing`, [
      "Everything that is missing is listed under “Finish”. Until then it can be saved as a draft, and opened here again.",
    ]);
    for (const button of all("[data-as-draft], [data-see-missing]")) show(button, true);
    return;
  }
  const left = [...leftOut(answers).values()];
  const review = documentOf(status);
  const text = `${written(review)}\n`;
  const name = nameForFile();
  const link = document.createElement("a");
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  isDirty = false;
  const long = all("textarea, input").filter((control) => unfit(control.value) !== "");
  say(`Saved as ${name}, among your downloads`, [
    answers.final ? `Its score: charter-score score ${name}` : "It is a draft: open it here again to go on.",
    ...left.map((title) => `Left out, since it does not apply: ${title}`),
    ...long.map(
      (control) =>
        `A text is ${tooLong()} and cannot be read again: ${control.closest("label, fieldset")?.textContent.trim().slice(0, 60) ?? "a text"}`,
    ),
  ]);
}

async function openFile(file) {
  try {
    if (file.size > LIMITS.bytes) throw new Error(tooLarge());
    const value = read(decoded(await file.arrayBuffer()));
    const why = refusal(value);
    if (why) {
      say("Not opened", [why, "Nothing on this page was changed."], { isWrong: true });
      return;
    }
    const told = openReview(value, file.name);
    say(`${file.name} is open: ${progressText()}`, told);
  } catch (wrong) {
    const isYaml = /\.ya?ml$|\.xlsx$/i.test(file.name);
    const way = isYaml
      ? "This form opens .json reviews. charter-score new --from FILE -o form.html makes a form of any review."
      : "Is it a review that was saved as .json?";
    say("Not opened", [wrong.message, way, "Nothing on this page was changed."], { isWrong: true });
  }
}

// What a person does.

const growsByItself = CSS.supports("field-sizing", "content");

// Fields of several lines as high as what stands in them: all are measured before any is changed.
function grow(areas) {
  if (growsByItself) return;
  for (const area of areas) area.style.height = "auto";
  const heights = areas.map((area) => area.scrollHeight + 2);
  areas.forEach((area, index) => {
    area.style.height = `${heights[index]}px`;
  });
}

document.addEventListener("input", (event) => {
  const control = event.target;
  if (control.id === "file") return;
  isDirty = true;
  show(one("[data-message]"), false);
  if (!event.isComposing && UNFIT.test(control.value ?? "")) {
    control.value = control.value.replace(new RegExp(UNFIT, "gu"), "");
    speak("A character was taken out that no review can hold.");
  }
  if (control.tagName === "TEXTAREA") grow([control]);
  const holder = control.closest("[data-field], [data-criterion], [data-whole]");
  if (holder && !control.matches("[data-part=comment], [data-part=evidence], [data-cause]")) release(holder);
  const number = holder && one("[data-number]", holder);
  if (number && control.type === "radio") number.value = "";
  if (control === number && saysSomething(number.value))
    for (const radio of all("input[type=radio]", holder)) radio.checked = false;
  // Nothing else is ever missing; a reviewer decides whether a draft of a model is one.
  if (!holder && control !== statusControl && control !== texts.get("reviewer")) return;
  const before = criteria.filter(({ element }) => !element.hidden).length;
  const { total } = refresh();
  const change = total - before;
  const applies = `${counted(Math.abs(change), "criterion", "criteria")} ${change > 0 ? "more" : "fewer"} to rate. `;
  speak((change ? applies : "") + progressText());
});

document.addEventListener("focusin", (event) => {
  if (event.target.closest("[data-field], [data-criterion], [data-whole], [data-text], [data-list]"))
    lastFocus = event.target;
});

const ACTIONS = {
  save: () => save(),
  asDraft: () => {
    statusControl.value = "draft";
    save();
  },
  open: () => {
    if (!isDirty || confirm("What is not saved yet would be lost. Open another review all the same?"))
      one("#file").click();
  },
  next: () => {
    const targets = refresh().missing.map((problem) => placeOfProblem(problem).target);
    const isAfter = (target) =>
      lastFocus && lastFocus.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING;
    focusOn(targets.find(isAfter) ?? targets[0]);
  },
  close: () => {
    show(one("[data-message]"), false);
    (lastFocus ?? one("h1")).focus();
  },
  seeMissing: () => {
    show(one("[data-message]"), false);
    one("[data-missing] a").focus();
  },
  print: () => print(),
  add: (button) => {
    const list = one("[data-list]", button.parentElement);
    const row = addRow(list);
    renumber(list);
    one("[data-part]", row).focus();
  },
  remove: (button) => {
    const row = button.closest("li");
    const list = row.parentElement;
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    isDirty = true;
    one("[data-part]", next ?? addRow(list)).focus();
    renumber(list);
    refresh();
  },
  clear: (button) => {
    const element = button.closest("[data-criterion]");
    for (const radio of all("input[type=radio]", element)) radio.checked = false;
    const number = one("[data-number]", element);
    if (number) number.value = "";
    release(element);
    isDirty = true;
    one("[data-number], input[type=radio]", element).focus();
    refresh();
    speak(progressText());
  },
  takeOut: (button) => {
    const element = button.closest("[data-field], [data-criterion], [data-whole]");
    release(element);
    isDirty = true;
    refresh();
    focusOn(element);
  },
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const action = button && Object.keys(ACTIONS).find((name) => name in button.dataset);
  if (action) ACTIONS[action](button);
});

one("form").addEventListener("submit", (event) => event.preventDefault());
one("#file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (file) await openFile(file);
  event.target.value = "";
});
window.addEventListener("beforeunload", (event) => {
  if (isDirty) event.preventDefault();
});

one("form").reset();
const toldAtFirst = form.review
  ? openReview(read(JSON.stringify(form.review)), form.file)
  : openReview(new Map(), "");
if (toldAtFirst.length > 0) say("This form holds a review already", toldAtFirst, { focus: false });
for (const element of all("[data-needs-script]")) show(element, true);
