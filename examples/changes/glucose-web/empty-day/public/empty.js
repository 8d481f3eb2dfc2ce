/** Said in place of a chart; a person without readings has done nothing wrong. */
export const emptyDay = "Nothing measured yet today.";
