import { defineConfig } from 'offpeak'

export default defineConfig({
  // Answers are invented and kept in .offpeak/emulator, whatever keys there are; without this line a provider answers.
  emulator: true,
})
