/* The program of image lab.local/c:v1. Its argument says how it ends. What it prints then is worded by glibc and gcc. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((noinline)) static void overrun(char *to, size_t n)
{
	memset(to, 'x', n);
}

__attribute__((noinline)) static int stack_smash(void)
{
	char small[8];
	overrun(small, 64);
	return small[0];
}

static int configuration(const char *path)
{
	if (open(path, O_RDONLY) >= 0)
		return 0;
	fprintf(stderr, "c: can't open configuration '%s': %s\n", path, strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	volatile int zero = 0;
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("starting");
	if (!strcmp(how, "assert")) {
		int connections = 0;
		assert(connections > 0);
	} else if (!strcmp(how, "double-free")) {
		char *p = malloc(24);
		void *volatile again = p;
		free(p);
		free(again);
	} else if (!strcmp(how, "stack-smash")) {
		return stack_smash();
	} else if (!strcmp(how, "segv")) {
		*(volatile int *)16 = 1;
	} else if (!strcmp(how, "divide")) {
		return argc / zero;
	} else if (!strcmp(how, "illegal")) {
		__builtin_trap();
	} else if (!strcmp(how, "config")) {
		return configuration("/etc/c/c.conf");
	}
	fprintf(stderr, "usage: c assert|double-free|stack-smash|segv|divide|illegal|config\n");
	return 64;
}
