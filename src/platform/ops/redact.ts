const BEARER = /\bBearer\s+[A-Za-z0-9\-._~+/]+=*/gi;
const TOKEN = /\bcad_[A-Za-z0-9_-]{20,}/g;
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*):[^\s@/]+@/gi;

/** Text without bearer tokens and passwords in URLs, for log lines. */
export function redact(text: string): string {
  return text
    .replace(BEARER, 'Bearer [secret]')
    .replace(TOKEN, '[secret]')
    .replace(URL_PASSWORD, '$1:[secret]@');
}
