import { defineConfig } from 'offpeak'

export default defineConfig({
  // Without OPENAI_API_KEY everything stays on this machine, and transcripts are made up from what the PDFs say.
  emulator: 'auto',
})
