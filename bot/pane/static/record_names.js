// Records as pages around this one and links name them. The server checks each of them.

// Returns the record that the page or link names, or null without one.
export function recordNamed({ table = "", id = "", environment = document.body.dataset.environment }) {
  const isText = [table, id, environment].every((each) => typeof each === "string");
  return isText && table ? { environment, table, row: id } : null;
}

// Returns the record in a text such as `table=incident&id=…`.
export const recordInQuery = (query) => recordNamed(Object.fromEntries(new URLSearchParams(query)));
