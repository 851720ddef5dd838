// Command unloop tells why a Kubernetes container crash-loops, shows the proof, and hands over the fix.
package main

import "fmt"

func main() { fmt.Println("unloop") }
