// Commands in the command bar: load the web resource with the script, and call its function.

import { Xrm } from "./client_api.js";

const scripts = new Map();

function load(path) {
  if (!scripts.has(path)) {
    scripts.set(path, new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = path;
      script.addEventListener("load", resolve);
      script.addEventListener("error", () => { scripts.delete(path); reject(new Error(path)); });
      document.head.append(script);
    }));
  }
  return scripts.get(path);
}

export async function run({ script, function: name }) {
  try {
    await load(script);
    const parts = name.split(".");
    const owner = parts.slice(0, -1).reduce((found, part) => found[part], window);
    await owner[parts.at(-1)]();
  } catch (error) {
    await Xrm.Navigation.openErrorDialog({ message: `The command failed. ${error.message}` });
  }
}
