/** C0 and C1 controls, marks that change the direction of text, line and paragraph separators, lone surrogates. */
const UNSAFE =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu;

/** A text from elsewhere on one line, with nothing in it that a terminal acts on; what is taken out shows as `�`. */
export function safeText(text: string): string {
  return text.replace(UNSAFE, '\ufffd');
}
