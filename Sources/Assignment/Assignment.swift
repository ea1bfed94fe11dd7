// Placeholder until the first source of Assignment lands.
