// The whole front end: fetches notes, shows them, adds and removes them. No framework, no build step.

const list = document.querySelector("#notes");
const empty = document.querySelector("#empty");
const status = document.querySelector("#status");
const form = document.querySelector("#new-note");
const input = document.querySelector("#text");

async function ask(path, options = {}) {
  const answer = await fetch(path, options);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

function itemFor(note) {
  const item = document.createElement("li");
  const text = document.createElement("span");
  text.textContent = note.text;
  const time = document.createElement("time");
  time.dateTime = note.written_at;
  time.textContent = new Date(note.written_at).toLocaleString();
  const remove = document.createElement("button");
  remove.type = "button";
  remove.textContent = "Remove";
  remove.setAttribute("aria-label", `Remove note: ${note.text}`);
  remove.addEventListener("click", () => attempt(() => ask(`api/notes/${note.id}`, { method: "DELETE" })));
  item.append(text, time, remove);
  return item;
}

async function showNotes() {
  const { notes } = await ask("api/notes");
  list.replaceChildren(...notes.map(itemFor));
  empty.hidden = notes.length > 0;
}

async function showVersion() {
  const { version, revision } = await ask("api/version");
  document.querySelector("#version").textContent = version;
  document.querySelector("#revision").textContent = revision.slice(0, 7);
}

// Does something, then shows what is true now; says so in words where it went wrong.
async function attempt(action) {
  status.textContent = "";
  try {
    await action();
    await showNotes();
  } catch (error) {
    status.textContent = `That did not work: ${error.message}.`;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async () => {
    await ask("api/notes", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text: input.value }),
    });
    form.reset();
    input.focus();
  });
});

attempt(showVersion);
