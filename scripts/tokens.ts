// Writes tokens/. Run it when the tables of gpt-tokenizer change, or the form they are packed in: npm run tokens.
import { writeFile } from 'node:fs/promises'
import { encodings, packedTokens, tokenFile } from './token-files.ts'

for (const encoding of encodings) await writeFile(tokenFile(encoding), await packedTokens(encoding))
