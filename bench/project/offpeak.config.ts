import { defineConfig } from 'offpeak'

export default defineConfig({})
