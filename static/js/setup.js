// Before anything else: the components' hints for developers stay out of the console.
window.dsWarnings = false;
