// Photos of people. They are requested with the session, so that no address of a photo works without it.

import { loadPhoto } from "./api.js";

const MOST = 500;
const known = new Map();

// Shows the person's photo as soon as it is loaded. Until then, and without one, the initials stay.
export async function showPhoto(image, { key, photo }) {
  if (image.dataset.person === key) return;
  image.dataset.person = key;
  image.hidden = true;
  if (!photo) return;
  const address = await photoOf(key, photo);
  if (image.dataset.person !== key || !address) return;
  image.src = address;
  image.hidden = false;
}

// Forgets all photos, because another person may not see them.
export function forgetPhotos() {
  known.clear();
}

function photoOf(key, signature) {
  if (!known.has(key)) {
    if (known.size >= MOST) known.delete(known.keys().next().value);
    known.set(key, loadPhoto(key, signature).then(asAddress).catch(() => ""));
  }
  return known.get(key);
}

// The policy of the page allows images of data: addresses, and none of blob: addresses.
function asAddress(content) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = reject;
    reader.readAsDataURL(content);
  });
}
