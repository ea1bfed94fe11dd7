// Placeholder until the first source of Matching lands.
