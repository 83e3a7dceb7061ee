// Links of cards open in a new window, and only if they lead to web pages.

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

// Returns the address of a web page, or an empty text. Only pages of this machine may be without encryption.
export function safeAddress(address) {
  if (!URL.canParse(address)) return "";
  const { protocol, hostname, href } = new URL(address);
  return protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname)) ? href : "";
}

let open = (address) => window.open(address, "_blank", "noopener,noreferrer");

// Sets the function that opens pages, for a host that knows better.
export function openPagesWith(opener) {
  open = opener;
}

export function openUrl(address) {
  const safe = safeAddress(address);
  if (safe) open(safe);
}
