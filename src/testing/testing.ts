/*
 * What 'bentojs/testing' exports: a service, really served, for the tests of who writes it. Of no test runner's kind.
 */
export { serve } from './serve.ts'
export type { Served, ServeOptions } from './serve.ts'
export { serveInProcess } from './serve-in-process.ts'
export type { InProcessOptions, ServedInProcess } from './serve-in-process.ts'
