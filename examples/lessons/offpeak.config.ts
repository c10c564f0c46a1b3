import { defineConfig } from 'offpeak'

export default defineConfig({
  // Without OPENAI_API_KEY everything stays on this machine, and lessons are made up from the outline.
  emulator: 'auto',
})
