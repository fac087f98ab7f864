// What every view is made of: elements, calls, and a form that says what went wrong.

/** An element with properties and children. Texts are always text, never markup. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** Shows a view: a heading, perhaps a line below it, and what belongs to it. Puts the focus where one begins. */
export function show(title, hint, ...children) {
  document.title = title;
  const main = document.getElementById("main");
  main.replaceChildren(
    make("h1", { tabIndex: -1 }, title),
    ...(hint ? [make("p", { className: "quiet" }, hint)] : []),
    make("div", { className: "stack" }, ...children),
  );
  const first = main.querySelector("input, button");
  (first instanceof HTMLInputElement ? first : main.querySelector("h1")).focus();
}

export class Refusal extends Error {
  constructor(status, body) {
    super(body?.detail ?? "the server did not answer as expected; try again");
    this.status = status;
    this.slug = body?.message;
  }
}

/** Calls the Login API or the Frontend API of this host. */
export async function call(method, path, body) {
  let response;
  try {
    response = await fetch(`/api/${path}`, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Refusal(0, { detail: "the server cannot be reached; check your connection and try again" });
  }
  const answer = await response.json().catch(() => undefined);
  if (!response.ok) throw new Refusal(response.status, answer);
  return answer;
}

export const login = (path, body) => call(body === null ? "GET" : "POST", `intermediate/v1/${path}`, body ?? undefined);

/** A button that does something; it waits while that runs, and says what went wrong. */
export function button(text, act, className = "") {
  const wrong = make("p", { className: "wrong", role: "alert" });
  const control = make("button", { type: "button", className }, text);
  control.addEventListener("click", () => attempt(control, wrong, act));
  return make("div", {}, control, wrong);
}

/** A form of fields, `[name, label, properties]` each, that does something with their values. */
export function form(fields, text, act) {
  const wrong = make("p", { className: "wrong", role: "alert" });
  const submit = make("button", { type: "submit", className: "main" }, text);
  const inputs = fields.map(([name, label, properties]) =>
    make("label", {}, label, make("input", { name, required: true, ...properties })));
  const element = make("form", { method: "post" }, ...inputs, wrong, submit);
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(element));
    attempt(submit, wrong, () => act(values));
  });
  return element;
}

/** What went wrong, for people: without the names that fields have in the API. */
export function sentence(error) {
  const text = error.message.replace(/^\w+: (is|must)/, (_, verb) => `this ${verb}`);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

async function attempt(control, wrong, act) {
  wrong.textContent = "";
  control.disabled = true;
  try {
    await act();
  } catch (error) {
    wrong.textContent = sentence(error);
  } finally {
    control.disabled = false;
  }
}
