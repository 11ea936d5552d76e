import type { Flag } from './define-command.ts'

/** Of a command that prints its result for people, or as JSON. */
export const outputFlag = {
  type: 'choice',
  short: 'o',
  choices: ['default', 'json'],
  default: 'default',
  description: 'What to print',
} as const satisfies Flag
