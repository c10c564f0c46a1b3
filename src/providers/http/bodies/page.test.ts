import { expect, test } from 'vitest'
import { pageTitle } from './page.ts'

test.for([
  [
    'text/html; charset=utf-8',
    '<!DOCTYPE html><html><head><title>\n Sign in \n to ACME</title>',
    'Sign in to ACME',
  ],
  ['text/html', '<h1>It works</h1>', ''],
  ['text/html', 'Access denied', ''],
  ['application/xhtml+xml', '<p/>', ''],
  ['text/plain', '\n  <html lang="de"><TITLE>Anmeldung</TITLE>', 'Anmeldung'],
  [undefined, '<!-- a comment --><html>', ''],
  ['application/xml', '<?xml version="1.0"?><Error/>', ''],
] as const)('%s %j is a page called %j', ([type, body, title]) => {
  expect(pageTitle(type, body)).toBe(title)
})

test.for([
  ['text/html', '{"error":{"message":"no"}}'],
  ['text/html', '[]'],
  ['text/html', ''],
  ['text/plain', 'Too Many Requests'],
  ['application/json', '"<html>"'],
  [undefined, '<unknown>'],
] as const)('%s %j is none', ([type, body]) => {
  expect(pageTitle(type, body)).toBeNull()
})
