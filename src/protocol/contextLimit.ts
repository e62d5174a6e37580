/** Tokens that are read at once, unless somebody asks for more, where a model could read more. */
export const defaultContextLimit = 2048;
