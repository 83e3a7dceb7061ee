// The language of the page, which the server renders.

const primary = (tag) => tag.split("-")[0].toLowerCase();

// Loads the page in the language, unless it is in that language. Then nothing after this call happens.
export async function useLanguage(tag) {
  if (!tag || primary(tag) === primary(document.documentElement.lang)) return;
  const address = new URL(location.href);
  // The page has this language already if the server knows it. So the page is loaded once.
  if (address.searchParams.get("language") === tag) return;
  address.searchParams.set("language", tag);
  location.replace(address);
  await new Promise(() => {});
}
