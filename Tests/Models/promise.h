/* What a model promises has a name. pan prints the name when the promise is broken. */
#define promise(name, holds) name = (holds); assert(name)
