/** Makes text from outside safe to print: no character is left that a terminal obeys instead of showing it. */

/** `text` on one line, cut where it is longer than `longest`, its control and format characters escaped. */
export function printable(text: string, longest = 300): string {
  return escapeInvisible(text.length > longest ? `${text.slice(0, longest)}…` : text);
}

/**
 * Writes control characters, line separators, lone surrogates and invisible marks (some of which
 * turn the direction of text) as `\u` escapes. Applied to JSON, it stays the same JSON.
 */
export function escapeInvisible(text: string): string {
  return text.replace(invisible, escapeCharacter);
}

const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function escapeCharacter(character: string): string {
  let escaped = '';
  for (let at = 0; at < character.length; at += 1) {
    escaped += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}
