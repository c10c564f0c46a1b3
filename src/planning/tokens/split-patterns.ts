/**
 * White space as tiktoken's regular expressions have it (Unicode's White_Space, the `\s` of Rust's regex crate).
 * JavaScript's `\s` has U+FEFF as well and lacks U+0085, so that texts with these were cut elsewhere and counted lower.
 */
const space = String.raw`\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`
const word = String.raw`[^\r\n\p{L}\p{N}]?`
/** Regardless of case, where the long s is an s (Unicode, simple case folding). */
const contraction = String.raw`'(?:[sSſdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])`

/** The pieces of a text inside of which bytes are joined, by encoding (tiktoken, `tiktoken_ext/openai_public.py`). */
export const splitPatterns = {
  o200k_base: pattern([
    String.raw`${word}[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?:${contraction})?`,
    String.raw`${word}[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?:${contraction})?`,
    String.raw`\p{N}{1,3}`,
    String.raw` ?[^${space}\p{L}\p{N}]+[\r\n/]*`,
    String.raw`[${space}]*[\r\n]+`,
    String.raw`[${space}]+(?![^${space}])`,
    String.raw`[${space}]+`,
  ]),
  cl100k_base: pattern([
    contraction,
    String.raw`${word}\p{L}+`,
    String.raw`\p{N}{1,3}`,
    String.raw` ?[^${space}\p{L}\p{N}]+[\r\n]*`,
    String.raw`[${space}]+$`,
    String.raw`[${space}]*[\r\n]`,
    String.raw`[${space}]+(?![^${space}])`,
    String.raw`[${space}]`,
  ]),
} as const

function pattern(alternatives: readonly string[]): RegExp {
  return new RegExp(alternatives.join('|'), 'gu')
}
