/** Up to 63 letters, digits, dots, dashes and underscores, with a letter or digit at both ends. */
export const plainName = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/
