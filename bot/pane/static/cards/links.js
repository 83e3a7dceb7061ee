// Links of cards open in a new window, and only if they lead to web pages.

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

// Returns the address of a web page, or an empty text. Only pages of this machine may be without encryption.
export function safeAddress(address) {
  if (!URL.canParse(address)) return "";
  const { protocol, hostname, href } = new URL(address);
  return protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname)) ? href : "";
}

export function openUrl(address) {
  const safe = safeAddress(address);
  if (safe) window.open(safe, "_blank", "noopener,noreferrer");
}
