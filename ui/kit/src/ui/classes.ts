/** Class names in one string, without those that are false. */
export const classes = (...names: (string | false | undefined)[]): string => names.filter(Boolean).join(" ");
